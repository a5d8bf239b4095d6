"""Who stands behind a request: by the cookie of a session, or as a trusted proxy says; and where that person may go."""

from starlette.requests import Request

from review.store.accounts import PAGES, Accounts, Person

COOKIE = "mingjian"
KNOWN = "mingjian.person"
PATHS = {
    "": "review",
    "overview": "overview",
    "inspections": "inspections",
    "chat": "chat",
    "library": "library",
    "rulebook": "rules",
    "papers": "papers",
    "audit": "audit",
    "users": "users",
    "quality": "quality",
}


def person_of(accounts: Accounts, request: Request) -> Person | None:
    """Null where a sign-in is needed; looked up once for a request."""
    if KNOWN not in request.scope:
        request.scope[KNOWN] = accounts.who(request.cookies.get(COOKIE), named_by_proxy(accounts, request))
    known: Person | None = request.scope[KNOWN]
    return known


def named_by_proxy(accounts: Accounts, request: Request) -> str | None:
    proxy = accounts.proxy
    return proxy.named(_peer(request), request.headers.getlist(proxy.header)) if proxy.header else None


def address_of(accounts: Accounts, request: Request) -> str:
    """The caller's address; behind a trusted proxy the one it forwards."""
    return accounts.proxy.caller(_peer(request), request.headers.getlist("x-forwarded-for"))[:64]


def is_secure(accounts: Accounts, request: Request) -> bool:
    """Whether the browser speaks TLS, to us or to a trusted proxy."""
    forwarded = request.headers.get("x-forwarded-proto") == "https"
    return request.url.scheme == "https" or (forwarded and accounts.proxy.trusts(_peer(request)))


def home_of(person: Person) -> str:
    """The first page that a person may open."""
    ways = {page: path for path, page in PATHS.items()}
    return "/" + next((ways[page] for page in PAGES if person.opens(page)), "password")


def safe_path(path: str) -> str:
    """A place of ours to go on to, or our front page: never another site."""
    plain = path.startswith("/") and path[1:2] not in ("/", "\\") and len(path) <= 300
    return path if plain and path.isprintable() and "\\" not in path else "/"


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""
