"""The PostgreSQL of the tests' own: the one that the measurements start."""

from evals.bench.postgres import Cluster, cluster, installed

__all__ = ["Cluster", "cluster", "installed"]
