"""What every address of the HTTP service rests on.

`auth` says who may ask, `bounds` how large a request may be, `problems` how errors are told, `wire` how the
interface is described, and `freshness` keeps the engine warm beside the requests. The addresses themselves are
`api.routes`; `api.app` puts all of it together.
"""
