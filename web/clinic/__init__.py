"""The clinic: bad uses of an upstream cache, run against the real one, in figures; and their cures.

Each module of `clinic.cases` is one case. What is bad there is bad on purpose, and is done with
Django's own cache framework, as it is mostly done; all data is the clinic's own.
"""
