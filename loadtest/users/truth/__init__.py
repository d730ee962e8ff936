"""The sampler: beside each run's load, is what is shown true, and is it nobody else's?

A writer comments on a few posts of middling popularity, and two readers, one of them without an account, look
at once whether the comment is there; what is stale they look at again and again. Canaries are planted once
(a letter, a draft, both people's greetings), and what is shown to one is searched for what is another's.

It writes during the warm-up, under the load, and not while anything counts: a comment is a request that no
cache answers, and makes its page be made anew. In the README's table such a request takes the CPU of more
than a hundred kept pages, so that a comment a second would weigh on the figures of a site whose pages are
kept, and a mix that only reads would no longer only read. While it is measured, what was written goes on
being checked: in the load's own answers, which costs no request, and by one anonymous read a second while
some page is stale. Those are named `truth/read`: the servers count them, and so do the books; they are in no
throughput and no latency.

How often answers are stale follows from how often the posts are written to (each once in six seconds) and is
good for comparing variants; it is no forecast for a site. Each page is looked at by its writer before it is
written to, so that there is something kept that can be stale.
"""
