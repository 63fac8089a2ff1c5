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
# # Norms and data
#
# **Question.** What do people's ratings look like that serve as the standard, how exact are they, and do
# the released files hold the words, pairs and questions that the paper counts?
#
# Paper A {cite:p}`wu2026` takes its standard from two sets of norms. The Lancaster norms
# {cite:p}`lynott2020` give, for English words, the mean of people's ratings on eleven
# {term}`dimension <dimension (of a rating)>`s from 0 (not experienced at all) to 5 (greatly). The Dutch norms
# {cite:p}`speed2022` give the six sensory ones. Words of the two languages were paired by machine translation;
# a part of the pairs was drawn, one share to train on, the rest to test on.
#
# Everything later in this part of the book rests on these files, so they are checked first. There are two
# versions: the **current release** of the authors' repository and an **earlier commit** with files of the same names.

# %% tags=["parameters"]
dimensions: list[str] = ["Auditory", "Gustatory", "Haptic", "Interoceptive", "Olfactory", "Visual", "Foot", "Hand", "Head", "Mouth", "Torso"]  # dimensions shown, in {"Auditory", "Gustatory", "Haptic", "Interoceptive", "Olfactory", "Visual", "Foot", "Hand", "Head", "Mouth", "Torso"}
part: str = "train"  # words whose ratings are described; the paper's figure shows the training words, in {"train", "test"}
subset: int = 0  # number of these words drawn at random; 0 takes all, in [0, 1572]
n_boot: int = 1000  # resamples of the words for the intervals, in [20, 1000000]
seed: int = 1  # seed of all draws, in [0, 4294967295]

# %% tags=["remove-output"]
from humanlike.analysis import norms
from humanlike.book.record import begin
from humanlike.data.audit import audit, count_files, impossible_means
from humanlike.data.norms import DIMENSIONS, SENSORY, load_ratings
from humanlike.data.splits import load_pool, load_splits

page = begin("norms")
english, dutch = (load_ratings(language, missing="simulate") for language in ("English", "Dutch"))
splits = {release: load_splits(release, missing="simulate") for release in ("earlier", "current")}
counts = count_files(missing="simulate")
for key, value in counts.items():
    page.record(f"count.{key}", value)

# %% [markdown]
# (sec-norms-counts)=
# ## Are the counts those of the paper?

# %%
page.table(
    norms.counts_table(counts),
    caption="What the paper counts and what the files of both commits hold. Rows without a printed number are ours.",
)  # fmt: skip

# %% [markdown]
# **The words of the study are those of the earlier commit.** Its training file has {value}`count.train.earlier` pairs,
# its test file {value}`count.test.earlier`, and the test words are exactly those of the released
# analysis tables. No word is in both. Eleven ratings of each training word make {value}`count.examples_en.earlier`
# English examples, six make {value}`count.examples_nl.earlier` Dutch ones, as printed.
#
# **The current release holds another split.** It has {value}`count.train.current` and {value}`count.test.current` rows,
# only {value}`count.filtered.current` of these {value}`count.sampled.current` pairs pass the paper's own filter,
# {value}`count.cognates.current` are spelled alike in both languages, and {value}`count.shared.current` English words stand
# in both files. Whoever re-runs the study from the current release trains on
# {value}`count.evaluated_in_train.current` of the evaluated English words.
#
# **Translations.** Of {value}`count.dutch_words` Dutch words, {value}`count.included` are marked as kept. The rule was an
# exact match of the word and its back-translation; {value}`count.inexact` kept words come back with another
# capital letter, {value}`count.pool_inexact` of them in the pool that was drawn from. {value}`count.pool` pairs have norms in
# both languages. The 39,710 words of the Lancaster norms cannot be counted: the release holds only those with a
# Dutch partner.
#
# **Questions.** PerceptualQA {cite:p}`yang2025` has {value}`count.questions` questions. The files split them into
# {value}`count.questions_train` and {value}`count.questions_test`. That is 60 % and 40 %; the 800 and 600 in the paper are
# 57 % and 43 %, so the paper's own numbers do not fit each other.

# %% tags=["remove-output"]
import pandas as pd
from scipy.stats import chi2_contingency

from humanlike.data.qa import load_questions

questions = load_questions(missing="simulate")
columns = {"letter": "correct", "modality": "block"}
tables = [pd.crosstab(questions[column], questions["part"]) for column in columns.values()]
different = [float(chi2_contingency(table).pvalue) for table in tables]
for key, p in zip(columns, different, strict=True):
    page.record(f"qa_p.{key}", p)
page.record("qa_same_labels", min(different) > 0.05)
page.record("share_train", 100 * counts["train.earlier"] / counts["sampled.earlier"])
page.record("qa_share_train", 100 * counts["questions_train"] / counts["questions"])
page.record("release_matches", counts["train.current"] == 2358 and counts["test.current"] == 1572)

# %% [markdown]
# The two parts have the same shares of each kind of question by construction (χ² test, p =
# {value}`qa_p.modality`) and do not differ detectably in which letter is right (p = {value}`qa_p.letter`).
#
# (sec-norms-draw)=
# ## Was the draw random?
#
# A random half of the pool should resemble the other half in everything. All seventeen ratings, concreteness,
# frequency and prevalence are compared (Welch's test, Holm's correction over the twenty comparisons).

# %% tags=["remove-output"]
draw = norms.draw_check(load_pool(missing="simulate"), splits["earlier"])
for comparison, rows in draw.groupby("comparison"):
    worst = rows.loc[rows["p"].idxmin()]
    page.record(f"draw_p.{comparison}", worst["p_holm"])
    page.record(f"draw_d.{comparison}", abs(worst["difference"]))
    page.record(f"draw_variable.{comparison}", worst["variable"])
page.record("draw_random", bool(draw.loc[draw["comparison"] == "drawn", "p_holm"].min() > 0.05))

# %% [markdown]
# Drawn and remaining pairs differ most in {value}`draw_variable.drawn`, by {value}`draw_d.drawn` standard deviations
# (adjusted p = {value}`draw_p.drawn`). Training and test words differ most in {value}`draw_variable.training`, by
# {value}`draw_d.training` standard deviations (adjusted p = {value}`draw_p.training`): small even where it is more
# than chance would often give.
#
# (sec-norms-distribution)=
# ## What do the ratings look like?

# %%
from humanlike.plots.norms import rating_histograms

words = splits["earlier"][splits["earlier"]["part"] == part]
if subset and subset < len(words):
    words = words.sample(subset, random_state=seed)
groups = {name: "sensory" if name in SENSORY else "motor" for name in dimensions}
spread = norms.spread_table(words, dimensions, n_boot=n_boot, seed=seed)
page.figure(
    rating_histograms({name: words[name].to_numpy() for name in dimensions}, groups),
    "fig-norms-distributions",
    caption=f"People's mean ratings of {len(words):,} English {part} words on each dimension, in steps of a quarter point.",
    alt="Histograms of mean ratings from 0 to 5, one per dimension. Share of words below 1: " + ", ".join(
        f"{row.dimension} {100 * row.below_one:.0f} %" for row in spread.itertuples()) + ".",
)  # fmt: skip

# %% tags=["remove-output"]
for row in spread.itertuples():
    page.record(f"below_one.{row.dimension}", 100 * row.below_one)
    page.record(f"variance.{row.dimension}", row.variance)
    page.record(f"reliability.{row.dimension}", row.reliability, (row.low, row.high))
    page.record(f"ceiling.{row.dimension}", row.ceiling)
    page.record(f"standard_error.{row.dimension}", row.standard_error)
page.record("n_described", len(words))

# %% tags=["remove-output"]
by = spread.set_index("dimension")
if set(dimensions) == set(DIMENSIONS):
    few, wide = ["Gustatory", "Olfactory"], ["Visual", "Hand"]
    for name in few:
        page.record(f"mostly_below_one.{name}", bool(by.loc[name, "below_one"] > 0.5))
    page.record("wider", bool(all(by.loc[wide, c].min() > by.loc[few, c].max() for c in ("variance", "iqr"))))
    page.record("little_variance", bool((by.loc[few, "variance"] < by["variance"].median()).all()))
    page.record("smallest_variance", by["variance"].idxmin())
    page.record("poorer_signal", bool(by.loc[few, "reliability"].max() < by.loc[wide, "reliability"].min()))

# %% [markdown]
# Taste and smell are rare: {value}`below_one.Gustatory` % and {value}`below_one.Olfactory` % of the
# {value}`n_described` words have a mean below 1, against {value}`below_one.Visual` % for vision
# ({numref}`fig-norms-distributions`). The paper takes this as the likely reason that fine-tuning gains least on these two
# dimensions: little variance, little to learn from. Two things have to be kept apart here, how much means *vary* and
# how well they tell words *apart*.
#
# (sec-norms-reliability)=
# ## How exact are the ratings?
#
# A mean of about {value}`raters_median` raters is not exact. With $s_i$ the standard deviation over the $n_i$ raters of word
# $i$, its standard error is $s_i/\sqrt{n_i}$, and the share of the variance between words that is *not* rater noise is
#
# $$ R = 1 - \frac{\tfrac{1}{k}\sum_i s_i^2/n_i}{\operatorname{Var}(\bar x_i)}, $$
#
# the intraclass correlation ICC(1, k) {cite:p}`shrout1979` when all words have equally many raters. Its square root is the highest
# Pearson correlation that even a perfect model can be expected to reach with these means.

# %%
from humanlike.plots.norms import variance_and_reliability

ordered = spread.sort_values("variance", ascending=True)
page.figure(
    variance_and_reliability(ordered),
    "fig-norms-reliability",
    caption=f"Left: variance of the mean ratings of {len(words):,} words, split into differences of words and rater noise. "
    f"Right: the share that is not noise, with 95 % bootstrap intervals over words ({n_boot:,} resamples).",
    alt="Stacked bars of variance per dimension and dots of reliability. Reliability: " + ", ".join(
        f"{row.dimension} {row.reliability:.2f}" for row in spread.itertuples()) + ".",
)  # fmt: skip

# %%
shown = spread[["dimension", "mean", "variance", "iqr", "below_one", "standard_error", "reliability", "low", "high", "ceiling"]]
heads = ["Dimension", "Mean", "Variance", "IQR", "Below 1", "SE", "Reliability", "Low", "High", "Max r"]
page.table(
    shown.set_axis(heads, axis="columns"),
    caption=f"Mean ratings of people on {len(words):,} {part} words: interquartile range (IQR), standard error of a mean (SE), reliability with its interval, "
    "highest correlation that can be expected (Max r)",
    formats={head: ".0%" if head == "Below 1" else ".2f" for head in heads[1:]},
)  # fmt: skip

# %% [markdown]
# On these words the mean ratings of taste have a reliability of {value}`reliability.Gustatory`
# {interval}`reliability.Gustatory` and those of smell {value}`reliability.Olfactory` {interval}`reliability.Olfactory`; vision has
# {value}`reliability.Visual` {interval}`reliability.Visual` and hand {value}`reliability.Hand`
# {interval}`reliability.Hand`. Raters agree so well that a word has nothing to do with taste that the noise is small
# too ({numref}`fig-norms-reliability`). The smallest variance of all is that of {value}`smallest_variance`
# ({value}`variance.Head` for Head, {value}`variance.Torso` for Torso, {value}`variance.Gustatory` for taste,
# {value}`variance.Olfactory` for smell).
# *Unreliable* training ratings do not explain small gains on taste and smell. Another reading is the shape of the
# distribution: most words lie so close to zero that their *order* says little, and an order is what Spearman's *ρ* compares. The
# section after next puts a number to it.

# %% tags=["remove-output"]
per_word = norms.word_table(english)
page.record("raters_median", float(english["n_known"].median()))
page.record("n_crowded", int((per_word[["raters_sensory", "raters_motor"]].max(axis=1) > 1000).sum()))
crowded = per_word[per_word[["raters_sensory", "raters_motor"]].max(axis=1) > 1000]
page.record("crowded", ", ".join(crowded["word"]) or "none")
page.record("crowded_max", int(per_word[["raters_sensory", "raters_motor"]].max(axis=None)))
page.record("word_reliability", per_word["reliability"].median(), tuple(per_word["reliability"].quantile([0.025, 0.975])))
page.record("n_flat", int((per_word["reliability"] < 0.5).sum()))
page.record("flattest", per_word.loc[per_word["reliability"].idxmin(), "word"])
page.record("impossible_means", len(impossible_means(english)))

# %% [markdown]
# ### Word by word

# %%
from humanlike.plots.norms import raters_and_error

raters = per_word[["raters_sensory", "raters_motor"]].max(axis=1).to_numpy()
page.figure(
    raters_and_error(raters, per_word["standard_error"].to_numpy(), list(per_word["word"]), 1000, seed),
    "fig-norms-raters",
    caption="Standard error (root mean square over the eleven dimensions) of the ratings of each evaluated word, by the number "
    "of people who rated it. Points are shifted sideways a little so that they do not cover each other.",
    alt=f"Scatter plot of {len(per_word):,} words. Nearly all have 10 to 60 raters and standard errors from about 0.2 to 0.5; "
    f"{len(crowded)} words lie far to the right, above 1,000 raters.",
)  # fmt: skip

# %% [markdown]
# Half of the words have {value}`raters_median` raters or fewer, but {value}`n_crowded` ({value}`crowded`) were rated by up to
# {value}`crowded_max` people on one of the two lists, sensory or motor ({numref}`fig-norms-raters`); probably they are the words
# that everybody saw first, to get used to the scale. They weigh no more than the others in any analysis.
#
# The same can be asked of a word's *profile* over the dimensions: half of the words reach {value}`word_reliability`,
# and {value}`n_flat` words have less than 0.5, most of all {value}`flattest`, whose eleven means differ by no more than
# noise. About the shape of such a profile no model can be right or wrong.
#
# As a check of the files themselves: {value}`impossible_means` of the English means are impossible, that is, not a whole number
# divided by their number of raters (the GRIM test {cite:p}`brown2017`).
#
# (sec-norms-languages)=
# ## Do people of two languages agree?
#
# Translations were rated by other people, in another language. Their agreement is what to expect of a model that had learned
# the norms of the other language perfectly, and nothing else.

# %%
both = norms.languages_agree(english, dutch)
page.table(
    both.set_axis(["Dimension", "Spearman's ρ", "Pearson's r", "ρ, low words", "Low words", "English − Dutch", "Words"], axis="columns"),
    caption="Human ratings of English words and of their Dutch translations; low words have a mean below 1 in both languages",
    formats=dict.fromkeys(["Spearman's ρ", "Pearson's r", "ρ, low words"], ".2f") | {"English − Dutch": "+.2f", "Words": ",", "Low words": ","},
)  # fmt: skip
for row in both.itertuples():
    page.record(f"languages_rho.{row.dimension}", row.rho)
    page.record(f"languages_r.{row.dimension}", row.r)
    if row.rho_low == row.rho_low:
        page.record(f"languages_rho_low.{row.dimension}", row.rho_low)
        page.record(f"languages_n_low.{row.dimension}", row.n_low)

# %% [markdown]
# For taste, *r* is {value}`languages_r.Gustatory` but *ρ* only {value}`languages_rho.Gustatory`; for smell
# {value}`languages_r.Olfactory` and {value}`languages_rho.Olfactory`. People agree on which few words have a taste. Among the
# {value}`languages_n_low.Gustatory` words with hardly any, those below 1 in both languages, *ρ* is {value}`languages_rho_low.Gustatory`, and
# such words are most of the sample. A model's *ρ* on taste is better read against the agreement of people than
# against 1.
#
# (sec-norms-seen)=
# ## Were the models trained on words they were tested on?
#
# The current release would put evaluated words into training. If the models had been trained on that file, they would be
# closer to people on just these words. The base model, which was trained on none, shows how much the words differ anyway.

# %%
from humanlike.plots.style import MODEL_LABELS

train = splits["current"][splits["current"]["part"] == "train"]
traces = pd.concat([norms.training_traces(english, train["word"]).assign(language="English"),
                    norms.training_traces(dutch, train["translation"]).assign(language="Dutch")])  # fmt: skip
names = {"language": "Language", "model": "Model", "n_seen": "Words in file", "n_other": "Other words", "error_seen": "Error in",
         "error_other": "Error other", "difference": "Difference", "low": "Low", "high": "High", "p": "p", "exact_seen": "Exact in", "exact_other": "Exact other"}  # fmt: skip
formats = dict.fromkeys(["Error in", "Error other", "p"], ".3f") | dict.fromkeys(["Difference", "Low", "High"], "+.3f")
page.table(
    traces[list(names)].replace({"model": MODEL_LABELS}).rename(columns=names),
    caption="Mean absolute error (scale points) on evaluated words that stand in the current release's training file and on the others, "
    "95 % intervals and p of Welch's test; share of ratings that equal the human mean",
    formats=formats | dict.fromkeys(["Exact in", "Exact other"], ".1%"),
)  # fmt: skip

# %% tags=["remove-output"]
tuned = traces[traces["model"].isin(["en_ft", "nl_ft"])]
for row in traces.itertuples():
    page.record(f"trace.{row.language}.{row.model}", row.difference, (row.low, row.high))
page.record("no_trace", bool((tuned["low"] <= 0).all() and (tuned["high"] >= 0).all()))

# %% [markdown]
# En_FT errs by {value}`trace.English.en_ft` {interval}`trace.English.en_ft` scale points more on English words of that file
# than on others, Nl_FT by {value}`trace.Dutch.nl_ft` {interval}`trace.Dutch.nl_ft` on Dutch words. Every interval of the tuned models
# includes zero: {value}`no_trace`. The responses show no trace of training on the current release's file, and the test words of
# the earlier commit, which were evaluated, were held out from its training words.
#
# (sec-norms-audit)=
# ## Everything irregular in the files

# %%
found = audit(missing="simulate")
page.record("n_irregular", len(found))
page.table(
    found.set_axis(["Material", "Irregularity", "What it means"], axis="columns"),
    caption="Irregularities in norms, splits, translations, questions and prompts. Those of the responses are in the next chapter.",
    filters=["Material"],
)  # fmt: skip

# %% [markdown]
# ## What was found
#
# - The {claims}`norms` claims of this section ({doc}`/book/ledger`): {verdicts}`norms`.
# - The printed counts of words, pairs and examples are those of the earlier commit, to the last one. The current release holds another
#   split that was drawn without the filter; no trace of it is in the models' answers ({ref}`sec-norms-seen`).
# - The quiz was split 840 to 560, not 800 to 600.
# - Ratings of taste and smell vary little, but they are among the most reliable ({ref}`sec-norms-reliability`). Their low rank
#   correlations have to be read against the agreement of Dutch and English raters, {value}`languages_rho.Gustatory` and
#   {value}`languages_rho.Olfactory` ({ref}`sec-norms-languages`).
# - Head, not taste or smell, has the least reliable ratings: {value}`reliability.Head` {interval}`reliability.Head`.
