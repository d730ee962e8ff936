"""Editors' templates: pieces of pages that are kept in the database, as Jinja2's source.

language says what a template may consist of, places where it shows and what it is given,
policies how what it became is kept.
"""
