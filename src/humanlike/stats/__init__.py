"""Statistics: arrays in, frozen records out; nothing here knows of words or models.

Public names are loaded when they are first used, so importing this package is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.stats.correlation import compare_models as compare_models
    from humanlike.stats.correlation import correlate as correlate
    from humanlike.stats.correlation import kendall as kendall
    from humanlike.stats.correlation import spearman as spearman
    from humanlike.stats.correlation import steiger_z as steiger_z
    from humanlike.stats.correlation import zou_interval as zou_interval
    from humanlike.stats.correlation_bootstrap import correlation_bootstrap as correlation_bootstrap
    from humanlike.stats.correlation_bootstrap import spearman_bootstrap as spearman_bootstrap
    from humanlike.stats.dissimilarity import rdm as rdm
    from humanlike.stats.exact import rising as rising
    from humanlike.stats.exact import sign_flip as sign_flip
    from humanlike.stats.groups import cluster_bootstrap_difference as cluster_bootstrap_difference
    from humanlike.stats.groups import welch as welch
    from humanlike.stats.groups import welch_anova as welch_anova
    from humanlike.stats.linear import least_squares as least_squares
    from humanlike.stats.linear import variance_inflation as variance_inflation
    from humanlike.stats.mixed import random_intercept as random_intercept
    from humanlike.stats.multiplicity import adjust as adjust
    from humanlike.stats.paired import paired_test as paired_test
    from humanlike.stats.profiles import profile_distance as profile_distance
    from humanlike.stats.profiles import profile_fit as profile_fit
    from humanlike.stats.profiles import shape_agreement as shape_agreement
    from humanlike.stats.rankings import rank_matrix as rank_matrix
    from humanlike.stats.reorganisation import improvement as improvement
    from humanlike.stats.reorganisation import uniform_boost as uniform_boost
    from humanlike.stats.similarity import mantel as mantel
    from humanlike.stats.similarity import rsa as rsa
    from humanlike.stats.similarity import rsa_bootstrap as rsa_bootstrap

_HOME = {
    "correlate": "correlation",
    "spearman": "correlation",
    "kendall": "correlation",
    "compare_models": "correlation",
    "steiger_z": "correlation",
    "zou_interval": "correlation",
    "spearman_bootstrap": "correlation_bootstrap",
    "correlation_bootstrap": "correlation_bootstrap",
    "sign_flip": "exact",
    "rising": "exact",
    "least_squares": "linear",
    "variance_inflation": "linear",
    "random_intercept": "mixed",
    "welch_anova": "groups",
    "adjust": "multiplicity",
    "rdm": "dissimilarity",
    "rsa": "similarity",
    "rsa_bootstrap": "similarity",
    "mantel": "similarity",
    "paired_test": "paired",
    "profile_distance": "profiles",
    "profile_fit": "profiles",
    "shape_agreement": "profiles",
    "rank_matrix": "rankings",
    "improvement": "reorganisation",
    "uniform_boost": "reorganisation",
    "welch": "groups",
    "cluster_bootstrap_difference": "groups",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"humanlike.stats has no '{name}'; it has {', '.join(__all__)}.")
    return getattr(import_module(f"humanlike.stats.{_HOME[name]}"), name)
