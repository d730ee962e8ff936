"""What might get into a page that all are shown, or keep an error in its place: requests after
which a clean visitor must be shown the page as it was, and without the attacker's word.

`UNKEYED`: inputs that may change an answer and are no part of its key. `ERRORS`: what makes some
layer refuse, cut short or misread a request.
"""

from __future__ import annotations

from .attack import Attack


def headers(*lines: str) -> list[Attack]:
    """An attack for each header line."""
    return [Attack(line.partition(":")[0] + f" ({line})", headers=(line,)) for line in lines]


def hosts(*names: str) -> list[Attack]:
    return [Attack(f"Host ({name})", host=f"Host: {name}") for name in names]


def cookies(*values: str) -> list[Attack]:
    return [Attack(f"Cookie ({value})", headers=(f"Cookie: {value}",)) for value in values]


def queries(*suffixes: str) -> list[Attack]:
    """`?` stands for what joins them to the page's address."""
    return [Attack(f"query ({suffix})", target=f"{{path}}{suffix}") for suffix in suffixes]


def fat(body: str, kind: str, *more: str) -> Attack:
    return Attack(f"GET with a body ({body})", headers=(f"Content-Type: {kind}", *more), body=body)


FORM = "application/x-www-form-urlencoded"

UNKEYED = [
    # Who is asked.
    *hosts(
        "{canary}.example", "{host}.{canary}.example", "{canary}@127.0.0.1", "127.0.0.1:{canary}"
    ),
    *hosts("127.0.0.1:1", "LOCALHOST", "localhost.", "varnish", "[::1]", "127.0.0.1/{canary}"),
    *headers(
        "X-Forwarded-Host: {canary}.example",
        "X-Forwarded-Server: {canary}.example",
        "X-Host: {canary}.example",
        "X-Original-Host: {canary}.example",
        "X-HTTP-Host-Override: {canary}.example",
        "Forwarded: for=1.2.3.4;host={canary}.example;proto=https",
        "X-Forwarded-Port: 4443",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Proto: {canary}",
        "X-Forwarded-Scheme: http",
        "X-Forwarded-Ssl: on",
        "Front-End-Https: on",
        "X-Forwarded-Prefix: /{canary}",
        "X-Script-Name: /{canary}",
        "X-Forwarded-Path: /{canary}",
    ),
    # What is asked for, and how.
    *headers(
        "X-Original-URL: /{canary}",
        "X-Original-URL: /accounts/login/",
        "X-Rewrite-URL: /{canary}",
        "X-Rewrite-URL: /accounts/login/",
        "X-HTTP-Method-Override: POST",
        "X-HTTP-Method-Override: HEAD",
        "X-HTTP-Method-Override: PURGE",
        "X-HTTP-Method: DELETE",
        "X-Method-Override: PUT",
        "X-Requested-With: XMLHttpRequest",
        "X-Middleware-Subrequest: {canary}",
        "Accept: application/json",
        "Accept: text/{canary}",
        "Accept-Language: {canary}",
        "Accept-Charset: {canary}",
        "Accept-Encoding: identity",
        "Accept-Encoding: br, {canary}",
        "Accept-Encoding: gzip;q=0, identity;q=0",
        "Content-Type: {canary}",
        "Range: bytes=0-9",
        "If-Range: {canary}",
        "If-None-Match: *",
        'If-Match: "{canary}"',
        "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT",
        "If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT",
        "Max-Forwards: 0",
        "Expect: 100-continue",
        "Upgrade: h2c",
        "Trailer: {canary}",
        "TE: trailers",
        "Save-Data: on",
    ),
    # Who asks.
    *headers(
        "X-Forwarded-For: {canary}",
        "X-Real-IP: {canary}",
        "True-Client-IP: {canary}",
        "CF-Connecting-IP: {canary}",
        "Client-IP: {canary}",
        "Via: 1.1 {canary}",
        "User-Agent: {canary}",
        "Referer: https://{canary}.example/",
        "Origin: https://{canary}.example",
        "From: {canary}@example.com",
        "Authorization: Basic {canary}",
        "Proxy-Authorization: Basic {canary}",
        "X-Request-ID: {canary}",
        "X-Correlation-ID: {canary}",
    ),
    # Words that layers say to one another.
    *headers(
        "Surrogate-Key: {canary}",
        "xkey: {canary}",
        "Surrogate-Capability: {canary}=ESI/1.0",
        "Surrogate-Control: max-age=86400",
        "Cache-Control: no-store",
        "Cache-Control: no-cache, max-age=0",
        "Cache-Control: only-if-cached",
        "Pragma: no-cache",
        "Cache-Status: {canary}",
        "X-Edge-Stale: serve",
        "X-Edge-Stale: held",
        "X-Purge-Token: {canary}",
        "X-Varnish: {canary}",
        "X-Accel-Redirect: /{canary}",
        "X-Sendfile: /{canary}",
        "X-Amz-Website-Redirect-Location: https://{canary}.example/",
        "X-Lab-Pause: 1",
        "X-Lab-Lifetime: 1",
        "Connection: close, X-Forwarded-For",
        "Connection: close, Host",
        "Connection: close, Cookie, X-Request-ID",
        "Host_: {canary}.example",
        "X_Forwarded_Host: {canary}.example",
    ),
    # A form's parameters, where the key holds none.
    fat("q={canary}", FORM),
    fat("csrfmiddlewaretoken={canary}&q={canary}", FORM, "X-HTTP-Method-Override: POST"),
    fat('{"q": "{canary}"}', "application/json"),
    Attack(
        "GET with a chunked body",
        headers=("Transfer-Encoding: chunked", f"Content-Type: {FORM}"),
        body="12\r\nq={canary}\r\n0\r\n\r\n",
    ),
    Attack("HEAD before GET", method="HEAD"),
    Attack("OPTIONS before GET", method="OPTIONS"),
    Attack("POST before GET", method="POST", headers=(f"Content-Type: {FORM}",), body="q={canary}"),
    *cookies(
        "theme={canary}",
        "_ga=GA1.2.{canary}",
        "csrftoken={canary}",
        "messages={canary}",
        "django_language={canary}",
        "xsessionid={canary}",
        "sessionid_={canary}",
        "SESSIONID={canary}",
        "sessionid={canary}",
        "theme=dark; sessionid={canary}",
        '"; sessionid={canary}; "',
    ),
    # The address; a clean visitor asks for the page without what is added here.
    *queries(
        "?utm_source={canary}",
        "?utm_{canary}=1",
        "?gclid={canary}",
        "?fbclid={canary}",
        "?_={canary}",
        "?cb={canary}",
        "?q={canary}",
        "?utm_source=x;q={canary}",
        "?utm_source=x&q={canary}&q=",
        "?q=&q={canary}",
        "?q[]={canary}",
        "?%71={canary}",
        "?utm_source=x%26q={canary}",
        "?utm_source=x%3bq={canary}",
        "?utm_source=%23&q={canary}",
        "?page={canary}",
        "?after={canary}",
        "?format={canary}",
        "?callback={canary}",
        "?acl",
        "?response-content-type=text/{canary}",
        "?response-content-disposition={canary}",
        "#{canary}",
        "?#{canary}",
        "?",
        "??q={canary}",
        "&q={canary}",
        ";q={canary}",
        "%3fq={canary}",
        "%23{canary}",
        "%00{canary}",
        "%0d%0aX-Canary:%20{canary}",
        "/../{canary}",
        "/.%2e/{canary}",
    ),
]

MANY = tuple(f"X-Many-{number}: {{canary}}" for number in range(200))

ERRORS = [
    # More than a layer takes.
    Attack("a header of 20 kB", headers=("X-Big: " + "a" * 20_000,)),
    Attack("a header of 31 kB", headers=("X-Big: " + "a" * 31_000,)),
    Attack("a header of 40 kB", headers=("X-Big: " + "a" * 40_000,)),
    Attack("headers of 60 kB", headers=tuple(f"X-Big-{n}: " + "a" * 10_000 for n in range(6))),
    Attack("headers of 100 kB", headers=tuple(f"X-Big-{n}: " + "a" * 10_000 for n in range(10))),
    Attack("200 headers", headers=MANY),
    Attack("60 headers", headers=MANY[:60]),
    Attack("a cookie of 20 kB", headers=("Cookie: theme=" + "a" * 20_000,)),
    Attack("a Range of 2,000 parts", headers=("Range: bytes=" + "0-1," * 1_999 + "0-1",)),
    Attack("an address of 5 kB", target="{path}?" + "a" * 5_000),
    Attack("an address of 33 kB", target="{path}?" + "a" * 33_000),
    Attack("an address of 70 kB", target="{path}?" + "a" * 70_000),
    Attack("2,000 parameters", target="{path}?" + "&".join(f"a{n}=1" for n in range(2_000))),
    # What stands in a header and should not.
    *(
        Attack(f"{name} in a header", headers=(f"X-Meta: {{canary}}{character}x",))
        for name, character in {
            "a bell": "\x07",
            "a backspace": "\x08",
            "a NUL": "\x00",
            "an escape": "\x1b",
            "a DEL": "\x7f",
            "a byte over 127": "\xff",
            "a lone CR": "\r",
            "a lone LF": "\n",
        }.items()
    ),
    Attack("a header without a name", headers=(": {canary}",)),
    Attack("a header without a colon", headers=("{canary}",)),
    Attack("a header with a space in its name", headers=("X {canary}: 1",)),
    Attack("a NUL in the Host", host="Host: {host}\x00{canary}"),
    Attack("a space in the Host", host="Host: {host} {canary}"),
    Attack("two Hosts", host="Host: {host}\r\nHost: {canary}.example"),
    Attack("an empty Host", host="Host:"),
    Attack("no Host", host=""),
    Attack("HTTP/1.0 without Host", host="", version="HTTP/1.0"),
    Attack("HTTP/1.0", version="HTTP/1.0"),
    Attack("HTTP/0.9", host="", version=""),
    Attack("HTTP/1.2", version="HTTP/1.2"),
    Attack("HTTP/2.0", version="HTTP/2.0"),
    Attack("HTTP/9.9", version="HTTP/9.9"),
    Attack("the preface of HTTP/2", method="PRI", target="*", version="HTTP/2.0", host=""),
    *headers(
        "Range: bytes=999999999-",
        "Range: bytes=-0",
        "Range: bytes=5-2",
        "Range: bytes={canary}",
        "Range: lines=1-2",
        "Range: bytes=0-0,-1",
        "If-Modified-Since: {canary}",
        "If-None-Match: {canary}",
        "Expect: {canary}",
        "Content-Length: 0",
        "Content-Type: multipart/form-data; boundary=",
        "Content-Encoding: gzip",
        "Accept-Encoding: \xff",
        "Cookie: \xff={canary}",
        "Cookie: ;;;===",
        'Cookie: sessionid="',
        "Authorization: \xff",
        "Upgrade: websocket",
        "Accept: */*;q=\xff",
    ),
    # Other methods.
    *(
        Attack(f"method {method}", method=method)
        for method in (
            "FOO",
            "get",
            "PROPFIND",
            "TRACE",
            "CONNECT",
            "PATCH",
            "PUT",
            "DELETE",
            "G{E}T",
        )
    ),
    # Other ways to say the address.
    Attack("an absolute address", target="http://{host}{path}"),
    Attack("an absolute address of another host", target="http://{canary}.example{path}"),
    Attack("an absolute address with a name", target="http://{canary}@{host}{path}"),
    Attack("an absolute https address", target="https://{host}{path}"),
    Attack("an address without a slash", target="{canary}"),
    Attack("an empty address", target=""),
    Attack("an asterisk", target="*"),
    Attack("two slashes first", target="//{canary}.example{path}"),
    Attack("a backslash", target="\\{canary}{path}"),
    Attack("a broken percent sign", target="{path}?q=%"),
    Attack("a bad percent code", target="{path}%zz"),
    Attack("UTF-8 that is none", target="{path}?q=%ff%fe"),
    Attack("a raw byte over 127", target="{path}?q=\xff"),
    Attack("a NUL in the parameters", target="{path}?q=%00"),
    Attack("a tab in the address", target="{path}\t{canary}"),
    Attack("a space in the address", target="{path} {canary}"),
    Attack("dot segments", target="/{canary}/..{path}"),
    Attack("coded dot segments", target="/{canary}/%2e%2e{path}"),
    Attack("a page that is not there", target="/posts/{canary}/"),
]
