"""Statistics: arrays in, frozen records out; nothing here knows of words or models.

Public names are loaded when they are first used, so importing this package is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.stats.alignment import align as align
    from humanlike.stats.alignment import align_refits as align_refits
    from humanlike.stats.alignment import alignment_bootstrap as alignment_bootstrap
    from humanlike.stats.alignment import alignment_null as alignment_null
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
    from humanlike.stats.kernel_alignment import cka as cka
    from humanlike.stats.linear import least_squares as least_squares
    from humanlike.stats.linear import variance_inflation as variance_inflation
    from humanlike.stats.mixed import random_intercept as random_intercept
    from humanlike.stats.multiplicity import adjust as adjust
    from humanlike.stats.odd_one_out import odd_one_out_loss as odd_one_out_loss
    from humanlike.stats.odd_one_out import odd_one_out_probabilities as odd_one_out_probabilities
    from humanlike.stats.odd_one_out import odd_one_out_score as odd_one_out_score
    from humanlike.stats.ordinal import OrdinalEmbedding as OrdinalEmbedding
    from humanlike.stats.ordinal_many import bootstrap_embeddings as bootstrap_embeddings
    from humanlike.stats.ordinal_many import fit_many as fit_many
    from humanlike.stats.paired import paired_test as paired_test
    from humanlike.stats.procrustes import procrustes_r2 as procrustes_r2
    from humanlike.stats.profiles import profile_distance as profile_distance
    from humanlike.stats.profiles import profile_fit as profile_fit
    from humanlike.stats.profiles import shape_agreement as shape_agreement
    from humanlike.stats.rankings import rank_matrix as rank_matrix
    from humanlike.stats.reorganisation import improvement as improvement
    from humanlike.stats.reorganisation import uniform_boost as uniform_boost
    from humanlike.stats.similarity import mantel as mantel
    from humanlike.stats.similarity import rsa as rsa
    from humanlike.stats.similarity import rsa_bootstrap as rsa_bootstrap
    from humanlike.stats.spectrum import effective_dimension as effective_dimension
    from humanlike.stats.spectrum import variance_shares as variance_shares

_HOME = {
    "align": "alignment",
    "align_refits": "alignment",
    "alignment_bootstrap": "alignment",
    "alignment_null": "alignment",
    "cka": "kernel_alignment",
    "procrustes_r2": "procrustes",
    "effective_dimension": "spectrum",
    "variance_shares": "spectrum",
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
    "odd_one_out_loss": "odd_one_out",
    "odd_one_out_probabilities": "odd_one_out",
    "odd_one_out_score": "odd_one_out",
    "OrdinalEmbedding": "ordinal",
    "fit_many": "ordinal_many",
    "bootstrap_embeddings": "ordinal_many",
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
