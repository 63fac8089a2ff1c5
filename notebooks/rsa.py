# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags
#     formats: ipynb,py:percent
#     notebook_metadata_filter: kernelspec,jupytext
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% tags=["setup", "remove-cell"]
# On a fresh Colab this gets the book and what it needs. Anywhere else it does nothing.
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

if "google.colab" in sys.modules and importlib.util.find_spec("humanlike") is None:
    if not Path("humanlike-book").is_dir():
        clone = ["git", "clone", "--depth=1", "https://github.com/humanlike-book/humanlike", "humanlike-book"]
        subprocess.run(clone, check=True)
    os.chdir("humanlike-book")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "-e", "."], check=True)
    sys.path.insert(0, str(Path("src").resolve()))

# %% [markdown]
# # Overall structure (RSA)
#
# **Question.** Does fine-tuning GPT-4o-mini on human ratings bring the *structure* of its sensorimotor
# ratings, which words lie close together and which far apart, nearer to that of people? And does it do so in
# another language, after another task, and on dimensions it was never trained on?
#
# Paper A {cite:p}`wu2026` answers with representational similarity analysis {cite:p}`kriegeskorte2008`. Each
# word is a vector of ratings on up to eleven dimensions. Each dimension is standardised over the words,
# $z_{id} = (x_{id} - \bar x_d)/s_d$. The dissimilarity of two words is the cosine distance of their vectors,
#
# $$ d_{ij} = 1 - \frac{z_i \cdot z_j}{\lVert z_i \rVert \, \lVert z_j \rVert}, $$
#
# and the agreement of model and people is Spearman's $\rho$ between the two lists of $n(n-1)/2$
# distances. Words are then drawn with replacement and everything is computed again; the spread of the
# results gives an interval for each $\rho$ and for each difference.
#
# Four versions of the model are compared: *Base*; *En_FT*, tuned on English ratings of all eleven
# dimensions; *Nl_FT*, tuned on Dutch ratings of the six sensory dimensions; *QA_FT*, tuned on
# multiple-choice questions about perception.

# %% tags=["parameters"]
models: list[str] = ["base", "qa_ft", "nl_ft", "en_ft"]  # versions compared, in {"base", "qa_ft", "nl_ft", "en_ft"}
metric: str = "cosine"  # distance of two words, in {"cosine", "correlation", "euclidean", "cityblock"}
standardize: bool = True  # whether each dimension is standardised over the words first
subset: int = 0  # number of words drawn at random; 0 takes all, in [0, 1572]
n_boot: int = 200  # resamples of the words; the paper takes 200, in [20, 1000000]
seed: int = 1  # seed of all draws, in [0, 4294967295]
n_perm: int = 1000  # permutations of the words for the null distribution, in [20, 100000]
n_sim: int = 40  # simulated samples of raters for the noise ceiling, in [2, 1000]
shown_words: int = 40  # words in the figure of matrices, in [4, 200]

# %% tags=["remove-output"]
from humanlike.book.record import begin
from humanlike.data.norms import DIMENSIONS, MOTOR, SENSORY, complete_words, features, load_ratings

page = begin("rsa")
english = load_ratings("English", missing="simulate")
dutch = load_ratings("Dutch", missing="simulate")

# %% [markdown]
# ## Which words
#
# A correlation of distances needs the same words from everybody. The released English table lacks a few ratings
# of the base model, so the words concerned are left out for all models.

# %% tags=["remove-output"]
import numpy as np


def words_of(table, wanted):
    complete = complete_words(table, ["human", *wanted])
    if not subset or subset >= len(complete):
        return complete
    return sorted(np.random.default_rng(seed).choice(complete, subset, replace=False))

words = {"en": words_of(english, models), "nl": words_of(dutch, [m for m in models if m != "qa_ft"])}
left = [w for w in english["word"].unique() if w not in set(complete_words(english, ["human", *models]))]
page.record("left_out.en", ", ".join(left) or "none")
for key, table in (("en", english), ("nl", dutch)):
    page.record(f"n_words.{key}", len(words[key]))
    page.record(f"n_left_out.{key}", table["word"].nunique() - len(words[key]))

# %% [markdown]
# English: {value}`n_words.en` words, {value}`n_left_out.en` left out ({value}`left_out.en`). Dutch:
# {value}`n_words.nl` words, {value}`n_left_out.nl` left out. The paper speaks of 1,572 words in both languages.

# %% tags=["remove-output"]
from humanlike.stats import rsa_bootstrap


def compare(table, chosen, dimensions, **options):
    names = [m for m in models if table[m].notna().any()]
    ratings = {who: features(table, who, dimensions).loc[chosen] for who in ("human", *names)}
    human = ratings.pop("human")
    settings = {"metric": metric, "standardize": standardize, "n_jobs": -1}
    return rsa_bootstrap(human, ratings, n_boot, seed, **settings, **options)

sets = {"all": list(DIMENSIONS), "sensory": list(SENSORY), "motor": list(MOTOR)}
results = {"en": {name: compare(english, words["en"], dims) for name, dims in sets.items()}}
results["nl"] = {"sensory": compare(dutch, words["nl"], list(SENSORY))}

# %% [markdown]
# ## How much do model and people agree?

# %%
from humanlike.plots.rsa import agreement_bars

page.figure(
    agreement_bars({"English": results["en"], "Dutch": results["nl"]}),
    "fig-rsa-agreement",
    caption="Spearman's ρ between the dissimilarity matrices of each model and of people. English words: "
    "all eleven, the six sensory and the five motor dimensions; Dutch words: the six sensory dimensions, "
    "without QA_FT, which was not asked in Dutch. Lines are 95 % bootstrap intervals over words.",
    alt="Bar chart of Spearman's rho by model. " + " ".join(
        f"{language} {name}: " + ", ".join(f"{m} {r.rho[m]:.2f}" for m in r.names) + "."
        for language, by_set in results.items() for name, r in by_set.items()),
)  # fmt: skip

# %% tags=["remove-output"]
for language, by_set in results.items():
    for name, result in by_set.items():
        for model in result.names:
            page.record(f"rho.{language}.{name}.{model}", result.rho[model], result.interval(model))
            if model != "base" and "base" in result.names:
                gain = result.difference(model, "base")
                page.record(f"gain.{language}.{name}.{model}", gain.estimate, (gain.low, gain.high))
                page.record(f"excludes_zero.{language}.{name}.{model}", gain.low > 0 or gain.high < 0)

# %% [markdown]
# On English words and all dimensions the base model reaches *ρ* = {value}`rho.en.all.base`. Tuned on quiz questions it
# reaches {value}`rho.en.all.qa_ft`, on Dutch ratings {value}`rho.en.all.nl_ft`, on English ratings
# {value}`rho.en.all.en_ft` ({numref}`fig-rsa-agreement`). On Dutch words the order of the two languages
# changes: {value}`rho.nl.sensory.nl_ft` after Dutch ratings, {value}`rho.nl.sensory.en_ft` after
# English ones, {value}`rho.nl.sensory.base` before.
#
# (sec-rsa-gains)=
# ## Is the gain more than chance?
#
# In each of the resamples all models see the same words, so a difference of two models has an interval of its own. A
# gain counts as significant in the paper when its 95 % interval excludes zero.

# %%
import pandas as pd

from humanlike.plots.style import MODEL_LABELS

gains = pd.concat([r.table().assign(language=lang, dimensions=name)
                   for lang, by_set in results.items() for name, r in by_set.items()])  # fmt: skip
gains = gains[gains["kind"] == "difference"].replace({"language": {"en": "English", "nl": "Dutch"}})
gains["name"] = gains["name"].replace(MODEL_LABELS | {" - ": " − "}, regex=True)
shown = gains[["language", "dimensions", "name", "estimate", "low", "high", "p"]]
page.table(
    shown.set_axis(["Language", "Dimensions", "Difference", "Δρ", "Low", "High", "p"], axis="columns"),
    caption=f"Differences of ρ with 95 % intervals, {n_boot} resamples of words",
    formats={"Δρ": "+.3f", "Low": "+.3f", "High": "+.3f", "p": ".3f"}, filters=["Language", "Dimensions"],
)  # fmt: skip

# %% tags=["remove-output"]
if set(models) >= {"base", "qa_ft", "nl_ft", "en_ft"}:
    en, nl = results["en"]["all"], results["nl"]["sensory"]
    for key, gain in (("en", en.difference("en_ft", "nl_ft")), ("nl", nl.difference("nl_ft", "en_ft"))):
        page.record(f"matched.{key}", gain.estimate, (gain.low, gain.high))
    page.record("order.en", en.rho["en_ft"] > en.rho["nl_ft"] > en.rho["qa_ft"] > en.rho["base"])
    page.record("order.nl", nl.rho["nl_ft"] > nl.rho["en_ft"] > nl.rho["base"])

# %% [markdown]
# On all dimensions QA_FT gains {value}`gain.en.all.qa_ft` {interval}`gain.en.all.qa_ft`, Nl_FT
# {value}`gain.en.all.nl_ft` {interval}`gain.en.all.nl_ft` and En_FT {value}`gain.en.all.en_ft`
# {interval}`gain.en.all.en_ft`. The advantage of the
# matched language is {value}`matched.en` {interval}`matched.en` on English and {value}`matched.nl`
# {interval}`matched.nl` on Dutch words.
#
# ## Motor dimensions without motor training
#
# Nl_FT and QA_FT saw no motor rating. If they gain on motor dimensions all the same, something learned from the
# senses carries over.

# %%
from humanlike.plots.rsa import bootstrap_densities

motor = results["en"]["motor"]
page.figure(
    bootstrap_densities(motor),
    "fig-rsa-motor",
    caption=f"Distribution of ρ on the five motor dimensions over {n_boot} resamples of the English words. "
    "The vertical line of each model is its value on all words.",
    alt="Density curves of Spearman's rho on motor dimensions, one per model, hardly overlapping: "
    + ", ".join(f"{m} around {motor.rho[m]:.2f}" for m in motor.names) + ".",
)  # fmt: skip

# %% [markdown]
# On motor dimensions *ρ* goes from {value}`rho.en.motor.base` to {value}`rho.en.motor.qa_ft` (QA_FT), to
# {value}`rho.en.motor.nl_ft` (Nl_FT) and to {value}`rho.en.motor.en_ft` (En_FT)
# ({numref}`fig-rsa-motor`).
#
# (sec-rsa-null)=
# ## What would no relation, and what would perfect knowledge give?
#
# Two marks put a correlation into proportion. The *null*: when the words of the model's matrix are
# shuffled, nothing links it to people's. The *noise ceiling* {cite:p}`nili2014`: the norms are means over some
# twenty raters, so they are noisy, and not even the true values would agree with them perfectly. The standard deviation
# and the number of raters of each mean are released for the English norms, so the true values and
# other samples of raters can be simulated.

# %% tags=["remove-output"]
from humanlike.stats import mantel, rdm


def rdm_of(who):
    return rdm(features(english, who).loc[words["en"]], metric, standardize)

human_rdm = rdm_of("human")
nulls = {m: mantel(human_rdm, rdm_of(m), n_perm, seed, n_jobs=-1) for m in models}
for model, null in nulls.items():
    page.record(f"null_p.{model}", null.p)
null_top = max(float(np.quantile(null.null, 0.999)) for null in nulls.values())
page.record("null_top", null_top)

# %% tags=["remove-output"]
from humanlike.stats.ceiling import rsa_noise_ceiling

error = english.assign(human=english["human_sd"] / np.sqrt(english["n_known"]))
ceilings = {}
for name, dims in sets.items():
    mean, se = (features(table, "human", dims).loc[words["en"]] for table in (english, error))
    ceilings[name] = rsa_noise_ceiling(mean, se, n_sim, seed, metric=metric, standardize=standardize)
    page.record(f"ceiling.perfect.{name}", ceilings[name].perfect)
    page.record(f"ceiling.raters.{name}", ceilings[name].raters)

# %%
from humanlike.plots.rsa import against_marks

page.figure(
    against_marks(results["en"], ceilings, null_top),
    "fig-rsa-ceiling",
    caption="Spearman's ρ of each model on English words between the null and the noise ceiling. The band spans "
    "what another sample of raters (lower edge) and the true values (upper edge) would reach; below the dotted line lie "
    "99.9 % of the correlations with shuffled words, all dimensions.",
    alt="Dot chart of rho by model in three groups of dimensions, with a band for the noise ceiling. " + " ".join(
        f"{name}: ceiling {c.raters:.2f} to {c.perfect:.2f}, best model {max(results['en'][name].rho.values()):.2f}."
        for name, c in ceilings.items()),
)  # fmt: skip

# %% [markdown]
# Shuffled words give correlations around zero, 99.9 % of them below {value}`null_top`; the base model's is
# already far above it (*p* = {value}`null_p.base`). Another sample of raters would reach about
# {value}`ceiling.raters.all` on all dimensions and the true values {value}`ceiling.perfect.all`; on motor dimensions
# {value}`ceiling.raters.motor` and {value}`ceiling.perfect.motor` ({numref}`fig-rsa-ceiling`). En_FT stands at
# {value}`rho.en.all.en_ft` and {value}`rho.en.motor.en_ft`. Where the norms are noisy, no model can be expected to climb higher.
#
# (sec-rsa-choices)=
# ## What hangs on the details
#
# **Which words are left out.** Leaving out words for all models, as above, gives {value}`rho.en.motor.nl_ft` for
# Nl_FT on motor dimensions. Leaving out only what Nl_FT itself lacks, which is nothing, gives
# {value}`rho_own_words.motor.nl_ft`: another third decimal. The printed value is the former one, so the
# paper's analysis used the common words too.
#
# **Copies of a word.** A resample with replacement contains some words twice. The published procedure keeps the pair of a word
# with its own copy. That pair has distance zero for the model and for people, so it can only raise the agreement.
# Leaving such pairs out shifts the mean *ρ* over resamples by {value}`self_pairs_shift` at most. The interval of the smallest gain, that of
# QA_FT on all dimensions, becomes {interval}`gain_corrected.en.all.qa_ft` instead of {interval}`gain.en.all.qa_ft`.

# %% tags=["remove-output"]
alone = compare(english.assign(base=np.nan, qa_ft=np.nan, en_ft=np.nan),
                complete_words(english, ["human", "nl_ft"]), list(MOTOR)) if "nl_ft" in models else None  # fmt: skip
if alone and not subset:
    page.record("rho_own_words.motor.nl_ft", alone.rho["nl_ft"])
without = compare(english, words["en"], list(DIMENSIONS), self_pairs=False)
shift = results["en"]["all"].samples.mean(axis=0) - without.samples.mean(axis=0)
page.record("self_pairs_shift", abs(shift).max())
for model in [m for m in without.names if m != "base" and "base" in without.names]:
    gain = without.difference(model, "base")
    page.record(f"gain_corrected.en.all.{model}", gain.estimate, (gain.low, gain.high))

# %% [markdown]
# ## What the matrices look like

# %% tags=["remove-output"]
from scipy.spatial.distance import squareform

few = sorted(np.random.default_rng(seed).choice(words["en"], min(shown_words, len(words["en"])), replace=False))
at = [list(words["en"]).index(word) for word in few]
squares = {who: squareform(rdm_of(who))[np.ix_(at, at)] for who in ("human", *models)}

# %%
from humanlike.plots.rsa import rdm_panels

page.figure(
    rdm_panels(squares, few, metric),
    "fig-rsa-matrices",
    caption=f"Dissimilarity matrices of people and models on {len(few)} words drawn at random, all in the order "
    "that a hierarchical clustering of the human matrix gives. The paper shows 40 words it does not name.",
    alt=f"{len(squares)} square heat maps of the distances between {len(few)} words. The human matrix shows dark "
    "blocks of similar words along the diagonal; the more a model agrees with people, the more of these blocks it shows.",
)  # fmt: skip

# %% [markdown]
# {numref}`fig-rsa-matrices` shows what the coefficients summarise. It is an impression, not a test: which blocks
# one sees depends on the words drawn. Try another `seed`.
#
# The same words can be walked about in. Every cell is a pair of words; pointing at it, or the arrow keys, give its distance by each
# source and its rank among the pairs, which is what *ρ* compares.

# %%
from humanlike.plots.matrices import matrices_widget

page.html(matrices_widget(squares, few, metric, "The maps that can be walked about in need JavaScript. The figure above shows the matrices."),
          text=f"Interactive heat maps of the distances between {len(few)} words, by source.")  # fmt: skip

# %% [markdown]
# ## What was found
#
# - The {claims}`rsa` claims of this section ({doc}`/book/ledger`): {verdicts}`rsa`. Every printed correlation comes out
#   to its last digit, once words with a missing rating are left out for all models.
# - Fine-tuning on ratings lifts *ρ* on English words from {value}`rho.en.all.base` to {value}`rho.en.all.en_ft`
#   {interval}`rho.en.all.en_ft`; the other language takes it to {value}`rho.en.all.nl_ft`, the quiz to
#   {value}`rho.en.all.qa_ft`.
# - Every gain has an interval that excludes zero, also on motor dimensions without motor training
#   ({ref}`sec-rsa-gains`).
# - A fresh sample of raters would agree with the norms at about {value}`ceiling.raters.all` on all dimensions, where En_FT
#   reaches {value}`rho.en.all.en_ft`, and at {value}`ceiling.raters.motor` on motor dimensions, where it reaches
#   {value}`rho.en.motor.en_ft` ({ref}`sec-rsa-null`).
# - The intervals describe what other samples of words would give. They say nothing of another run of the
#   fine-tuning, of which there is one per condition.
