"""Paper B computed once more, from its printed tables, public facts and the human embeddings.

Nothing of the package is imported; see `second.paper_a`.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist
from scipy.stats import norm, page_trend_test, pearsonr, spearmanr, ttest_ind
from sklearn.metrics import silhouette_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway
from statsmodels.stats.outliers_influence import variance_inflation_factor

from second.paper_a import ALL, NEW, OLD, SPLIT, Values, rankdata, ranked_pearson, steiger
from second.paper_a import Release as PaperA

Table = pd.DataFrame
FLAGS = ("instruction_tuned", "multimodal", "swiglu")
NUMBERS = ("n_params_billion", "n_layers", "hidden_size", "n_heads", "attention_dim", "mlp_size",
           "context_length", "vocab_size", "training_tokens_trillion")  # fmt: skip
BENCHMARKS = ("ifeval", "bbh", "math_lvl5", "gpqa", "musr", "mmlu_pro")


class Release:
    """The tables and embeddings behind Paper B."""

    def __init__(self, mirror: Path, tables: Path, paper_a: PaperA) -> None:
        self.paper_a = paper_a
        models = pd.read_csv(tables / "ingredients" / "models.csv")
        ranking = pd.read_csv(tables / "published" / "paper_b_ranking.csv").set_index("model")["r2"]
        swiglu = (models["activation"] == "swiglu").astype(int)
        self.models = models.assign(r2=models["model"].map(ranking), swiglu=swiglu)
        self.stages = pd.read_csv(tables / "published" / "paper_b_stages.csv")
        self.suite = pd.read_csv(tables / "published" / "paper_b_suite.csv")
        scores = pd.read_csv(tables / "benchmarks" / "open_llm_leaderboard.csv")
        self.scores = scores[scores["protocol"] == "leaderboard"]
        self.concepts = pd.read_csv(tables / "concepts.csv")
        self.senses = pd.read_csv(tables / "concept_senses.csv").set_index("concept")["unique_id"]
        self.ids = (mirror / "things" / "unique_id.txt").read_text("utf-8").split()
        files = {dims: f"spose_embedding_{dims}d_sorted.txt" for dims in (49, 66)}
        self.space = {
            dims: Table(np.loadtxt(mirror / "things" / file), self.ids)
            for dims, file in files.items()
        }
        self.words = pd.read_csv(mirror / "things" / "words.csv")

    def own(self, dims: int) -> Any:
        """Return the human space of the 128 concepts, in their order."""
        names = [self.senses.get(c, c.replace(" ", "_"))
                 for c in self.concepts["concept"]]  # fmt: skip
        return self.space[dims].loc[names].to_numpy()


def leaderboard(release: Release) -> Values:
    """Chapter on the ranking: tuned against base, sizes, categories."""
    models = release.models
    tuned = models["instruction_tuned"] == 1
    one, two = models["r2"][tuned], models["r2"][~tuned]
    test = ttest_ind(one, two, equal_var=False)
    pooled = np.sqrt(((len(one) - 1) * one.var() + (len(two) - 1) * two.var()) / (len(models) - 2))
    kind = release.concepts["category"]
    named = (kind != "other").to_numpy()
    values = {
        "n_models": len(models), "difference": one.mean() - two.mean(), "welch.t": test.statistic,
        "welch.df": test.df, "welch.p": test.pvalue, "cohens_d": (one.mean() - two.mean()) / pooled,
        "n.tuned": len(one), "mean.tuned": one.mean(), "mean.base": two.mean(),
        "top20.tuned": int(tuned[models["r2"].rank(ascending=False, method="first") <= 20].sum()),
        "size.smallest": models["n_params_billion"].min(), "r2.median": models["r2"].median(),
        "size.largest": models["n_params_billion"].max(), "n_suite_rows": len(release.suite),
        "silhouette.people": silhouette_score(release.own(66)[named], kind[named]),
    }  # fmt: skip
    return {f"leaderboard/{key}": value for key, value in values.items()}


def ingredients(release: Release) -> Values:
    """Chapter on ingredients: one at a time, with and without, all together."""
    models = release.models
    values: Values = {}
    for name in (*FLAGS, *NUMBERS):
        known = models[[name, "r2"]].dropna()
        found = pearsonr(known[name], known["r2"])
        values[f"r.{name}"], values[f"p.{name}"] = found.statistic, found.pvalue
        if name in NUMBERS:
            values[f"r_log.{name}"] = pearsonr(np.log(known[name]), known["r2"]).statistic
    size = pd.DataFrame({"r2": models["r2"], "as it is": models["n_params_billion"]})
    size["log"] = np.log(size["as it is"])
    r = size.corr().to_numpy()
    values["linear_p"] = steiger(r[0, 1], r[0, 2], r[1, 2], len(size))
    for name in FLAGS:
        sides = [models["r2"][models[name] == flag] for flag in (1, 0)]
        values[f"welch.{name}"] = sides[0].mean() - sides[1].mean()
        values[f"welch_p.{name}"] = ttest_ind(*sides, equal_var=False).pvalue
    kinds = [part["r2"] for _, part in models.groupby("activation")]
    values["activation.p"] = anova_oneway(kinds, use_var="unequal").pvalue
    return {f"ingredients/{key}": value for key, value in (values | joint(models)).items()}


def joint(models: Table) -> Values:
    """Fit the mixed model by statsmodels, without the models with gaps and with them filled."""
    values: Values = {}
    for how, effect, p in (("left out", "effect", "joint_p"), ("filled", "filled", "filled_p")):
        table = models.copy()
        if how == "filled":
            table[list(NUMBERS)] = table[list(NUMBERS)].fillna(table[list(NUMBERS)].median())
        table = table.dropna(subset=list(NUMBERS))
        x = table[[*FLAGS, *NUMBERS]].astype(float)
        x[list(NUMBERS)] = (x[list(NUMBERS)] - x[list(NUMBERS)].mean()) / x[list(NUMBERS)].std()
        design = sm.add_constant(x)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it suspects a variance of zero; the fit is compared
            fit = sm.MixedLM(table["r2"], design, table["family"]).fit(reml=True, method="powell")
        errors = standard_errors(fit, design, table["family"])
        wald = Table({"p": 2 * norm.sf(np.abs(fit.fe_params / errors))}, design.columns)["p"][
            list(x)
        ]
        for name in x:
            values[f"{effect}.{name}"] = fit.params[name]
            values[f"{p}.{name}"] = wald[name]
        if how == "left out":
            values |= {f"se.{name}": errors[name] for name in x}
            values |= {f"vif.{name}": variance_inflation_factor(design.to_numpy(), at)
                       for at, name in enumerate(design) if name in x}  # fmt: skip
            values["n_joint"], values["n_groups"] = len(table), table["family"].nunique()
            values["r2_plain"] = sm.OLS(table["r2"], design).fit().rsquared
            values["n_significant"] = int((wald < 0.05).sum())
            holm = multipletests(wald, method="holm")[0]
            values["n_significant_holm"] = int(holm.sum())
    return values


def standard_errors(fit: Any, design: Table, groups: Any) -> Any:
    """Return the errors given the estimated variances, as R's lme4 and nlme print them.

    Those of statsmodels come from the information on effects and variances together.
    """
    same = np.equal.outer(groups.to_numpy(), groups.to_numpy())
    covariance = fit.scale * np.eye(len(design)) + float(fit.cov_re.iloc[0, 0]) * same
    x = design.to_numpy(float)
    return pd.Series(np.sqrt(np.diag(np.linalg.inv(x.T @ np.linalg.solve(covariance, x)))),
                     design.columns)  # fmt: skip


def stages(release: Release) -> Values:
    """Chapter on post-training: printed means, steps, and the trend in the real stages."""
    short = {"Base Stage 1": "base1", "Base": "base", "SFT": "sft", "DPO": "dpo", "RLVR": "rlvr"}
    rows = release.stages[release.stages["model"] != "Average"]
    table = rows.pivot(index="model", columns="stage", values="r2").rename(columns=short)
    values: Values = {f"mean.printed.{stage}": table[stage].mean() for stage in short.values()}
    real = table.copy()
    real.loc["Llama 3.1 8B", ["base", "rlvr"]] = np.nan, table.loc["Llama 3.1 8B", "base"]
    for layout, frame in (("printed", table), ("real", real)):
        for before, after in (("base", "sft"), ("sft", "dpo"), ("dpo", "rlvr")):
            change = (frame[after] - frame[before]).dropna().to_numpy()
            flips = [abs(np.dot(signs, change)) for signs in product((1, -1), repeat=len(change))]
            values[f"step.{layout}.{after}"] = change.mean()
            values[f"p.{layout}.{after}"] = np.mean(np.array(flips) >= abs(change.sum()) - 1e-12)
    whole = real[["base", "sft", "dpo"]].dropna()
    values["trend.p"] = page_trend_test(whole, method="exact").pvalue
    return {f"stages/{key}": value for key, value in values.items()}


def benchmarks(release: Release) -> Values:
    """Chapter on benchmarks: correlations with R², and whether they differ."""
    models = release.models.set_index("model")
    table = release.scores.set_index("model")[list(BENCHMARKS)].join(
        models[["r2", "instruction_tuned"]]
    )
    values: Values = {}
    for part, rows in (("r", table), ("r_tuned", table[table["instruction_tuned"] == 1]),
                       ("r_base", table[table["instruction_tuned"] == 0])):  # fmt: skip
        for name in BENCHMARKS:
            known = rows[[name, "r2"]].dropna()
            values[f"{part}.{name}"] = pearsonr(known[name], known["r2"]).statistic
    whole = table.dropna()
    r = whole.corr()
    values["n_complete"], values["link.between"] = len(whole), r.loc["bbh", "ifeval"]
    for own, other in (("bbh", "ifeval"), ("ifeval", "bbh")):
        values[f"link.{own}"] = r.loc[own, "r2"] - r.loc[own, other]
        values[f"link_p.{own}"] = steiger(
            r.loc[own, "r2"], r.loc[own, other], r.loc[other, "r2"], len(whole)
        )
    pairs = [steiger(r.loc[a, "r2"], r.loc[b, "r2"], r.loc[a, b], len(whole))
             for a, b in combinations(BENCHMARKS, 2)]  # fmt: skip
    values["pairs"], values["pairs_p"] = len(pairs), sum(p < 0.05 for p in pairs)
    values["pairs_holm"] = int(multipletests(pairs, method="holm")[0].sum())
    for name in BENCHMARKS:
        with_tuning = sm.add_constant(whole[[name, "instruction_tuned"]].astype(float))
        values[f"r2_one.{name}"] = r.loc[name, "r2"] ** 2
        values[f"r2_two.{name}"] = sm.OLS(whole["r2"], with_tuning).fit().rsquared
    return {f"benchmarks/{key}": value for key, value in values.items()}


def centred_shares(space: Any, centred: bool = True) -> Any:
    """Return the share of the variance on each principal axis."""
    moved = space - space.mean(axis=0) if centred else space
    squares = np.linalg.svd(moved, compute_uv=False) ** 2
    return squares / squares.sum()


def cka(one: Any, two: Any) -> float:
    """Return plain centred kernel alignment from the matrices of inner products."""
    k, m = (space - space.mean(axis=0) for space in (one, two))
    k, m = k @ k.T, m @ m.T
    return float((k * m).sum() / np.sqrt((k * k).sum() * (m * m).sum()))


def spaces(release: Release) -> Values:
    """Chapters on concepts and on alignment: the human embeddings themselves."""
    values: Values = {"concepts/n_concepts": len(release.concepts),
                      "concepts/n_categories": release.concepts["category"].nunique()}  # fmt: skip
    for dims, centred in product((49, 66), (True, False)):
        for items, space in (("all", release.space[dims].to_numpy()), ("128", release.own(dims))):
            held = np.cumsum(centred_shares(space, centred))
            key = f"{dims}.{items}.{'centred' if centred else 'raw'}"
            values[f"concepts/needed.{key}"] = int(np.argmax(held >= 0.95)) + 1
            values[f"concepts/share30.{key}"] = held[29]
    human, older = release.own(66), release.own(49)
    shares = centred_shares(human)
    values["alignment/dims.human"] = 1 / (shares**2).sum()
    values["alignment/dims.share"] = shares[:30].sum()
    padded = np.pad(older, ((0, 0), (0, human.shape[1] - older.shape[1])))
    values["alignment/other.direct"] = 1 - procrustes(human, padded)[2]
    centred_space = human - human.mean(axis=0)
    u, s, v = np.linalg.svd(centred_space, full_matrices=False)
    two = (u[:, :2] * s[:2]) @ v[:2]
    values["alignment/changed.two.procrustes"] = 1 - procrustes(human, two)[2]
    values["alignment/changed.two.cka"] = cka(human, two)
    values["alignment/changed.two.rsa"] = spearmanr(pdist(human), pdist(two)).statistic
    return values | kept_together(release)


def kept_together(release: Release) -> Values:
    """Similarity of concepts as the odd-one-out task has it, third by third."""
    human, category = release.own(66), release.concepts["category"].to_numpy()
    strength = np.exp(human @ human.T)
    n = len(human)
    similarity = np.zeros((n, n))
    for i, j in combinations(range(n), 2):
        rest = [k for k in range(n) if k not in (i, j)]
        ours = strength[i, j]
        similarity[i, j] = similarity[j, i] = np.mean(
            ours / (ours + strength[i, rest] + strength[j, rest]))  # fmt: skip
    same = category[:, None] == category[None, :]
    apart = ~np.eye(n, dtype=bool)
    nearest = np.where(apart, similarity, -1).argmax(axis=1)
    return {
        "concepts/similarity.within": similarity[same & apart].mean(),
        "concepts/similarity.between": similarity[~same].mean(),
        "concepts/nearest_same": np.mean(category[nearest] == category),
    }


def triplets(release: Release) -> Values:
    """Chapter on triplets: the rules, in closed form."""
    n = len(release.concepts)
    values = {
        "rule.section": n * 30 * math.log2(n), "rule.appendix": 4 * n * 29 * math.log10(n),
        "rule.natural": n * 30 * math.log(n), "n_trained": 0.8 * 35000,
        "budget.possible": n * math.comb(n - 1, 2), "budget.per_anchor": 35000 / n,
        "budget.share": 35000 / (n * math.comb(n - 1, 2)),
        "budget.free": 30 * n - 30 - math.comb(30, 2),
        "budget.bits": n * math.lgamma(n) / math.log(2),
    }  # fmt: skip
    return {f"triplets/{key}": value for key, value in values.items()}


def rated_things(release: Release) -> Values:
    """Chapter on both tests: people's ratings of THINGS concepts beside their triplet space."""
    paper_a = release.paper_a
    names = release.words.set_index("id").loc[release.ids, "word"].str.lower()
    single = names[~names.duplicated(keep=False)]
    files = [f"{OLD}/data/lancaster_speedbrysbaert_common_norms.xlsx",
             *(f"{NEW}/{SPLIT.format(part)}" for part in ("train", "test"))]  # fmt: skip
    rated = pd.concat([paper_a.sheet(file) for file in files])
    rated = rated.set_index(rated["Word"].astype(str).str.lower())
    rated = rated[~rated.index.duplicated()]
    columns = [{"Foot": "Foot_leg", "Hand": "Hand_arm"}.get(name, name) + ".mean" for name in ALL]
    named = single[single.isin(rated.index)]
    values: Values = {"agreement/things.n": len(named)}
    values["agreement/geometry.ratings"] = geometry(release, named, rated.loc[named, columns])
    asked = paper_a.complete(paper_a.en)
    asked = {who: table.set_axis(table.index.str.lower()) for who, table in asked.items()}
    few = named[named.isin(asked["human"].index)]
    values["agreement/things.few"] = len(few)
    return values | {f"agreement/few.{who}": geometry(release, few, table.loc[few])
                     for who, table in asked.items()}  # fmt: skip


def geometry(release: Release, named: Any, ratings: Table) -> float:
    """Correlate distances of ratings with distances in people's triplet space."""
    values = ratings.to_numpy(float)
    points = (values - values.mean(axis=0)) / values.std(axis=0)
    human = pdist(release.space[66].loc[named.index], "cosine").round(10)
    return ranked_pearson(rankdata(human), rankdata(pdist(points, "cosine").round(10)))


PARTS: tuple[Callable[[Release], Values], ...] = (
    leaderboard, ingredients, stages, benchmarks, spaces, triplets, rated_things,
)  # fmt: skip
