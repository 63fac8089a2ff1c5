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
# # Would another analysis say the same?
#
# **Question.** Paper A {cite:p}`wu2026` standardises ratings, takes cosine distances and compares them by Spearman's ρ. Each of these
# is one of several things a careful analyst might have done. Which conclusions survive all of them, and which need this one?
#
# A *multiverse* {cite:p}`steegen2016` computes the result under every combination of defensible choices; a *specification curve*
# {cite:p}`simonsohn2020` sorts the results and shows what is behind each. The choices here:
#
# | Choice | Options | Published |
# |---|---|---|
# | dimensions | all eleven, six sensory, five motor | all (Dutch: sensory) |
# | ratings | the number answered (greedy), or the mean under the model's own distribution of answers (expected, see {doc}`/notebooks/ratings`) | greedy |
# | words | a word with a missing rating is left out for everybody, or the gap is filled with the model's mean on that dimension | left out |
# | scale | each dimension z-scored over the words, or raw | z-scored |
# | metric | cosine, correlation, Euclidean or city-block distance | cosine |
# | correlation | Spearman's ρ, Pearson's *r*, Kendall's τ | Spearman |
#
# This is no test of many hypotheses but one comparison looked at from many sides: specifications share the data, so they are no
# independent confirmations of each other.

# %% tags=["parameters"]
ratings: list[str] = ["greedy", "expected"]  # how an answer becomes a number, in {"greedy", "expected"}
words: list[str] = ["left out", "filled in"]  # what happens to words with a missing rating, in {"left out", "filled in"}
scales: list[str] = ["z-scored", "raw"]  # scale of each dimension, in {"z-scored", "raw"}
metrics: list[str] = ["cosine", "correlation", "euclidean", "cityblock"]  # distances of two words, in {"cosine", "correlation", "euclidean", "cityblock"}
correlations: list[str] = ["spearman", "pearson", "kendall"]  # correlations of distances, in {"spearman", "pearson", "kendall"}
kendall_words: int = 600  # words, drawn at random, on which Kendall's tau is taken; 0 takes all, in [0, 1572]
subset: int = 0  # number of words drawn at random; 0 takes all, in [0, 1572]
n_boot: int = 200  # resamples of the words where intervals are compared, in [20, 100000]
level: float = 0.95  # level of all intervals, in [0.5, 0.999]
seed: int = 1  # seed of all draws, in [0, 4294967295]

# %% [markdown]
# ## How it is computed
#
# A matrix of distances is computed once and serves all correlations and comparisons. A pair of words counts only if its distance is
# defined for people and every model; the cosine of raw ratings, for example, does not exist for a word that a model rates 0
# throughout. So all models are always compared on the same pairs.
#
# Intervals do not come from a bootstrap here. The derivative of a correlation by the weight of each word is known in closed form, ranks
# included, and the sum of its squares over words is the variance (the infinitesimal jackknife {cite:p}`efron1982`). It needs one pass
# where the bootstrap needs hundreds; {ref}`sec-multiverse-intervals` compares the two. Kendall's τ has no interval here and
# is taken on {value}`kendall_used` words, the same ones everywhere.

# %% tags=["remove-output"]
from humanlike.analysis.multiverse import COMPARISONS, PUBLISHED, is_published, multiverse
from humanlike.book.record import begin

page = begin("multiverse")
choices = {"ratings": ratings, "words": words, "scale": scales, "metric": metrics, "correlation": correlations}
found = {language: multiverse(language, choices, subset, kendall_words, level, seed) for language in ("English", "Dutch")}

# %% tags=["remove-output"]
for key, language in (("en", "English"), ("nl", "Dutch")):
    page.record(f"n_specs.{key}", int(found[language].table["spec"].max()) + 1)
models_only = [one.table[~one.table["name"].str.contains(" - ")] for one in found.values()]
features_of = [one.groupby([a for a in found["English"].axes if a != "correlation"]).ngroups for one in models_only]
page.record("n_correlations", sum(len(one) for one in models_only))
page.record("n_matrices", sum(n * (one["name"].nunique() + 1) for n, one in zip(features_of, models_only, strict=True)))
page.record("share_defined", min(one["share"].where(one["correlation"] != "kendall", 1.0).min() for one in models_only))
page.record("kendall_used", kendall_words or 1572)
english = found["English"].table
least = english[english["correlation"] != "kendall"].sort_values("share").head(1)
for row in least.itertuples():
    page.record("share_where", f"{row.dimensions}, {row.scale}, {row.metric}")

# %% [markdown]
# That makes {value}`n_specs.en` specifications per comparison on English words and {value}`n_specs.nl` on Dutch ones:
# {value}`n_correlations` correlations from {value}`n_matrices` matrices. At worst {value}`share_defined` of the pairs have a
# distance for everybody (English words; {value}`share_where`): where models give many words the same number on every
# dimension, an analyst who chooses such a distance drops those words, perhaps without noticing.
#
# (sec-multiverse-summary)=
# ## Seven conclusions, all specifications

# %% tags=["remove-output"]
from humanlike.analysis.multiverse import effects_table, summary_table

summary = summary_table(found)
for key, row in summary.iterrows():
    if row["published"] == row["published"]:
        page.record(f"published.{key}", row["published"], (row["published low"], row["published high"]))
    for column in ("n", "n_positive", "n_interval", "n_above", "n_below", "least", "median", "most", "robust"):
        page.record(f"{column}.{key}", row[column])

# %%
from humanlike.plots.multiverse import chooser, specification_curve

page.table(
    summary[["comparison", "n", "published", "least", "median", "most", "n_positive", "n_above", "n_below", "n_interval"]]
    .set_axis(["Comparison", "Specifications", "Published", "Least", "Median", "Most", "Above zero",
               "Interval above", "Interval below", "With interval"], axis="columns"),
    caption="Difference of two models' correlations with people, over all specifications",
    formats=dict.fromkeys(["Published", "Least", "Median", "Most"], "+.3f"),
)  # fmt: skip

# %% [markdown]
# The gains from ratings lie above zero in {value}`n_positive.en_gain` (En_FT) and {value}`n_positive.nl_gain` (Nl_FT) of
# {value}`n.en_gain` specifications, with {value}`n_above.en_gain` and {value}`n_above.nl_gain` of {value}`n_interval.en_gain` intervals
# above zero. The advantage of the matched language does so in {value}`n_positive.matched_en` of {value}`n.matched_en` on English and
# {value}`n_positive.matched_nl` of {value}`n.matched_nl` on Dutch words. The gain of QA_FT is another matter:
# {value}`n_positive.qa_gain` of {value}`n.qa_gain` estimates are positive, {value}`n_above.qa_gain` of {value}`n_interval.qa_gain`
# intervals lie above zero and {value}`n_below.qa_gain` below.
#
# ## Choose a specification
#
# Every number of the curves below is in this panel. Choose options; the table shows the correlation of each model with people, and
# the dot where the chosen specification lies on the curve.

# %%
from humanlike.plots.style import MODEL_LABELS
from humanlike.tables import to_html

sets = {f"{name} words": {"axes": one.axes, "table": one.table,
                          "published": PUBLISHED | ({"dimensions": "sensory"} if name == "Dutch" else {})}
        for name, one in found.items()}  # fmt: skip
first = english[is_published(english, PUBLISHED)].replace(MODEL_LABELS, regex=True)
still = to_html(first[["name", "estimate", "low", "high"]].rename(columns=str.capitalize),
                caption="Published specification, English words",
                formats=dict.fromkeys(["Estimate", "Low", "High"], ".3f"))  # fmt: skip
note = "Simulated data, not a result." if page.simulated else ""
page.html(chooser(sets, still, note), text="A panel to choose a specification; it needs a browser.")

# %% [markdown]
# ## The curves
#
# Each figure shows one comparison: above, the difference in every specification, sorted, with its interval; below, which
# options each specification took. An option that matters gathers at one end. The diamond is the published specification.

# %% tags=["remove-output"]
def curve(key):
    one = COMPARISONS[key]
    rows = found[one.language].contrast(one.name, **one.fixed)
    figure = specification_curve(rows, found[one.language].axes, is_published(rows, one.published), f"Δ, {one.label}")
    row = summary.loc[key]
    alt = (f"Specification curve of {one.label}: {row['n']} sorted differences from {row['least']:+.3f} to {row['most']:+.3f}, "
           f"{row['n_positive']} above zero; below it a board of the options taken.")  # fmt: skip
    return figure, alt, f"{one.label}: difference of correlations in {row['n']} specifications, {100 * level:g} % intervals."

# %%
figure, alt, caption = curve("en_gain")
page.figure(figure, "fig-multiverse-en-gain", caption=caption, alt=alt)

# %%
figure, alt, caption = curve("nl_gain")
page.figure(figure, "fig-multiverse-nl-gain", caption=caption, alt=alt)

# %%
figure, alt, caption = curve("qa_gain")
page.figure(figure, "fig-multiverse-qa-gain", caption=caption, alt=alt)

# %% tags=["remove-output"]
from humanlike.stats.multiverse import summarise

for group in found["English"].axes["dimensions"]:
    total = summarise(found["English"].contrast("qa_ft - base", dimensions=group))
    for name in ("n", "n_positive", "n_interval", "n_above", "n_below"):
        page.record(f"qa.{name}.{group}", getattr(total, name))
    ahead = summarise(found["English"].contrast("en_ft - nl_ft", dimensions=group))
    page.record(f"matched.least.{group}", ahead.low)
    page.record(f"matched.most.{group}", ahead.high)

# %% [markdown]
# On all dimensions {value}`qa.n_above.all` of {value}`qa.n_interval.all` intervals of QA_FT's gain lie above zero, on the motor ones
# {value}`qa.n_above.motor` of {value}`qa.n_interval.motor`, but on the sensory ones, which the questions are about,
# {value}`qa.n_above.sensory` of {value}`qa.n_interval.sensory`, and {value}`qa.n_below.sensory` lie below zero
# ({numref}`fig-multiverse-qa-gain`). So whether questions about perception improve ratings of perception depends on the analysis.

# %%
figure, alt, caption = curve("matched_en")
page.figure(figure, "fig-multiverse-matched-en", caption=caption, alt=alt)

# %%
figure, alt, caption = curve("matched_nl")
page.figure(figure, "fig-multiverse-matched-nl", caption=caption, alt=alt)

# %% [markdown]
# En_FT's advantage over Nl_FT on English words runs from {value}`matched.least.sensory` to {value}`matched.most.sensory` on the
# sensory dimensions, which both were trained on, and from {value}`matched.least.motor` to {value}`matched.most.motor` on the motor
# ones, which only En_FT was. All eleven together, as published, mix the two.

# %%
figure, alt, caption = curve("motor_nl")
page.figure(figure, "fig-multiverse-motor-nl", caption=caption, alt=alt)

# %%
figure, alt, caption = curve("motor_qa")
page.figure(figure, "fig-multiverse-motor-qa", caption=caption, alt=alt)

# %% [markdown]
# (sec-multiverse-effects)=
# ## Which choices matter?
#
# The specifications cross all options, so the variance of a difference between specifications splits exactly into a part for each
# choice and a rest, in which choices matter together. Kendall's τ is left out of this table: for the same agreement it is smaller
# than ρ, so its distance from the others is one of scale.

# %%
effects = effects_table(found)
page.table(
    effects[["comparison", "axis", "share", "option", "effect"]]
    .set_axis(["Comparison", "Choice", "Share of variance", "Option", "Effect"], axis="columns"),
    caption="Main effects: mean difference under an option minus the mean over all specifications",
    formats={"Share of variance": ".1%", "Effect": "+.4f"}, filters=["Comparison", "Choice"],
)  # fmt: skip
for key, rows in effects.groupby("key"):
    page.record(f"top.{key}", rows.iloc[0]["axis"])
    page.record(f"top_share.{key}", rows.iloc[0]["share"])

# %% [markdown]
# The choice that moves most is *{value}`top.en_gain`* for En_FT's gain ({value}`top_share.en_gain` of the variance),
# *{value}`top.nl_gain`* for Nl_FT's ({value}`top_share.nl_gain`), *{value}`top.qa_gain`* for QA_FT's
# ({value}`top_share.qa_gain`) and *{value}`top.matched_en`* for the advantage of the matched language on English words
# ({value}`top_share.matched_en`). For Nl_FT's gain on motor dimensions it is *{value}`top.motor_nl`*
# ({value}`top_share.motor_nl`): {value}`published.motor_nl` as published, {value}`least.motor_nl` to {value}`most.motor_nl` over all.
#
# (sec-multiverse-intervals)=
# ## Which interval?
#
# One more choice does not change an estimate, only its interval: what to do with the pair of a word and its own copy in a resample.
# Keeping it, as published, adds pairs at distance zero in both matrices.

# %%
from humanlike.analysis.multiverse import interval_table, words_effect

intervals = interval_table(found, subset, n_boot, level, seed)
page.table(
    intervals[["comparison", "how", "estimate", "low", "high"]].rename(columns=str.capitalize),
    caption=f"Intervals of the published specification: analytic, and by {n_boot} resamples of words with and without self pairs",
    formats=dict.fromkeys(["Estimate", "Low", "High"], "+.3f"), filters=["Comparison", "How"],
)  # fmt: skip

# %% tags=["remove-output"]
wide = intervals.pivot(index="key", columns="how", values=["low", "high"])
if "analytic" in set(intervals["how"]):
    gaps = [abs(wide[end]["analytic"] - wide[end][how]) for end in ("low", "high")
            for how in ("self pairs kept", "self pairs removed")]  # fmt: skip
    page.record("interval_gap", max(gap.max() for gap in gaps))
page.record("words_effect", words_effect(subset, seed))

# %% [markdown]
# The ends of the three kinds of interval differ by {value}`interval_gap` at most. Filling gaps in instead of leaving
# words out moves a comparison of the published specification by {value}`words_effect` at most (English words; with the profile
# *paper* this choice is crossed with all others).
#
# ## What was found
#
# - The {claims}`multiverse` claims of this section ({doc}`/book/ledger`): {verdicts}`multiverse`.
# - Gains from rating training are positive in {value}`n_positive.en_gain` (En_FT) and {value}`n_positive.nl_gain` (Nl_FT) of
#   {value}`n.en_gain` specifications.
# - The published size is one of many: En_FT's gain runs from {value}`least.en_gain` to {value}`most.en_gain`.
# - Whether questions help ratings depends on the analysis, most of all on *{value}`top.qa_gain`*: from {value}`least.qa_gain` to
#   {value}`most.qa_gain`, with {value}`n_above.qa_gain` of {value}`n_interval.qa_gain` intervals above zero.
# - Words with a missing rating move a comparison by {value}`words_effect`, the kind of interval moves its ends by
#   {value}`interval_gap`.
# - All specifications share one run of each fine-tuning. Agreement among them is no evidence that another run would agree.
