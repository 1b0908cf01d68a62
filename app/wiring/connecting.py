"""Which graph a configuration means."""

from app.config import Config
from graph.edition import Edition
from graph.errors import Unavailable
from graph.local.folders import graph_folder
from graph.local.state import Neo4jAddress, local_address
from graph.session import Graph


def graph_address(config: Config) -> Neo4jAddress:
    """Where the graph of this configuration is; raises `Unavailable` when there is none yet."""
    if config.neo4j_uri:
        return Neo4jAddress(config.neo4j_uri, config.neo4j_user, _password(config))
    found = local_address(graph_folder(config.home))
    if found is None:
        raise Unavailable("there is no local graph here yet: `hilum graph start` or `hilum up` makes it")
    return found


def _password(config: Config) -> str:
    if config.neo4j_password_file is None:
        return config.neo4j_password
    try:
        return config.neo4j_password_file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise Unavailable("the file that NEO4J_PASSWORD_FILE names cannot be read") from None


def graph_of(config: Config) -> Graph:
    """The graph of this configuration, of which nothing is asked yet; raises `Unavailable`."""
    where = graph_address(config)
    own = Edition(graph_folder(config.home)) if not config.neo4j_uri else None
    return Graph.connect(where.uri, where.user, where.password, config.neo4j_database, edition=own)
