"""Hypothesis' example database, shared: an example that failed anywhere is tried first everywhere.

Examples are kept in a folder, which a job can cache or upload as an artifact. Where EXAMPLES_REDIS_URL names a server
they are kept there too, for all jobs at once. Where EXAMPLES_GITHUB names a repository, those that its last workflow
uploaded are read as well, so that a developer's machine tries what CI found (GITHUB_TOKEN, for a private one).
"""

import os

from hypothesis import settings
from hypothesis.database import (
    DirectoryBasedExampleDatabase,
    ExampleDatabase,
    GitHubArtifactDatabase,
    MultiplexedDatabase,
    ReadOnlyDatabase,
)


def shared_database() -> ExampleDatabase:
    """Whatever the environment names, in front of a folder."""
    databases: list[ExampleDatabase] = []
    if url := os.environ.get("EXAMPLES_REDIS_URL"):  # redis://host:6379/0
        from hypothesis.extra.redis import RedisExampleDatabase
        from redis import Redis

        databases.append(RedisExampleDatabase(Redis.from_url(url)))
    if repository := os.environ.get("EXAMPLES_GITHUB"):  # owner/name, whose workflow uploads `hypothesis-example-db`
        owner, _, name = repository.partition("/")
        folder = os.environ.get("EXAMPLES_GITHUB_CACHE")
        databases.append(ReadOnlyDatabase(GitHubArtifactDatabase(owner, name, path=folder)))
    return MultiplexedDatabase(*databases, DirectoryBasedExampleDatabase(".hypothesis/examples"))


settings.register_profile("shared", database=shared_database(), print_blob=True)
settings.load_profile("shared")
