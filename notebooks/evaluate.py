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
# # Evaluate your own model
#
# **Question.** How human-like is one particular model by both papers' tests, how sure can one be, and how much of the answer depends on how the
# questions were put?
#
# This page puts one model, **{value}`model.name`**, through both: Paper B's triplets {cite:p}`ingredients2025` (*which of these two is more
# like that one?*) and Paper A's ratings {cite:p}`wu2026` (*how strongly do you experience this by seeing, hearing, …?*). Any other model takes
# its place by one command, which asks what has not been answered yet, measures, and writes this page about it:
#
# ```console
# $ humanlike evaluate MODEL
# ```
#
# Everything below is written from what came out; nothing is written about a particular model.

# %% tags=["parameters"]
model: str = "encoder:"  # the model, by its spec
tasks: list[str] = ["triplets", "ratings"]  # tests it is put through, in {"triplets", "ratings"}
effort: str = "paper"  # numbers of resamples, in {"quick", "paper", "thorough"}
n_triplets: int = 35000  # questions of the triplet design, in [100, 1000000]
n_words: int = 0  # only the first words to rate, 0 for all, in [0, 1572]
n_robust: int = 5000  # triplets asked again in other ways, 0 for none, in [0, 35000]
n_robust_words: int = 60  # words rated again in other ways, 0 for none, in [0, 1572]
form: str = "auto"  # chat template or text to be continued, in {"auto", "chat", "base"}
mode: str = "auto"  # let it write, score the allowed answers, or see which it can, in {"auto", "generate", "score"}
temperature: float = -1.0  # of the sampling; -1 as in the papers, in [-1, 2]
max_tokens: int = 32  # most tokens of an answer, in [1, 4096]
sampling_seed: int = 0  # seed of the sampling, in [0, 4294967295]
seed: int = 0  # seed of design, starts and resamples, in [0, 4294967295]
observers: float = 1.0  # share of the questions that simulated observers with known answers are asked, 0 for no observers, in [0, 1]
word: str = "LEMON"  # word whose profile is drawn
store: str = ""  # another store of answers than your own, as a path

# %% tags=["remove-output"]
from pathlib import Path

import pandas as pd

from humanlike.book.record import begin
from humanlike.data.published import load_leaderboard
from humanlike.evaluate import evaluate, said, tables
from humanlike.evaluate.verdict import VERDICTS

page, board = begin("evaluate"), load_leaderboard()
wishes = {"n_triplets": n_triplets, "n_words": n_words, "seed": seed, "max_tokens": max_tokens, "sampling_seed": sampling_seed}
asked_as = {"form": form, "mode": mode, "temperature": None if temperature < 0 else temperature}
where = {"profile": effort, "store": Path(store) if store else None, "missing": "simulate"}
found = evaluate(model, tuple(tasks), **wishes, **asked_as, **where)
triplets, ratings = found.triplets, found.ratings

# %% tags=["remove-output"]
page.record("model.name", found.name)
page.record("model.spec", found.spec)
page.record("n_published", len(board))
page.record("n_triplets", n_triplets)
page.record("said.triplets", said.standing(triplets, len(board)))
page.record("said.ratings", said.rated(ratings))
page.record("said.validity", said.validity(tables.asked_parts(found)))
page.record("said.place", said.place(triplets))
for task, part in (("triplets", triplets), ("ratings", ratings)):
    page.record(f"verdict.{task}", VERDICTS[part.verdict] if part else "not part of the evaluation")
    if part:
        page.record(f"valid.{task}", 100 * part.asked.valid_share)

# %% [markdown]
# (sec-evaluate-standing)=
# ## Where it stands
#
# By its triplets the model is **{value}`verdict.triplets`**, by its ratings **{value}`verdict.ratings`**.

# %% tags=["remove-output"]
limits = triplets.limits if triplets else {}
if limits:
    page.record("limit.random", limits["chance"], (limits["chance_low"], limits["chance_high"]))
    for key in ("perfect", "crowd"):
        page.record(f"limit.{key}", limits[key])
if triplets and triplets.agreement:
    shown, ceiling = triplets.agreement, triplets.ceilings
    page.record("agreement", 100 * shown.value, (100 * shown.low, 100 * shown.high))
    page.record("agreement.chance", 50 * (ceiling["chance_low"] + ceiling["chance_high"]), (100 * ceiling["chance_low"], 100 * ceiling["chance_high"]))
    for key in ("other", "crowd"):
        page.record(f"agreement.{key}", 100 * ceiling[key])
for key in ("r2", "rank", "held_out"):
    if triplets and (one := getattr(triplets, key)):
        page.record(key, int(one.value) if key == "rank" else one.value, (one.low, one.high) if key != "rank" else (int(one.low), int(one.high)))

# %% tags=["remove-output"]
if ratings:
    page.record("n_words", ratings.n_words)
    for key, value in ratings.ceilings.items():
        page.record(f"ceiling.{key}", value)
    for key in ("rsa", "spearman", "similarity"):
        if one := getattr(ratings, key):
            page.record(f"score.{key}", one.value, (one.low, one.high))

# %%
from humanlike.plots.evaluate import standing

parts, rows = tables.standing_parts(found), tables.rating_rows(found)
if len(parts["triplets"]) or len(parts["ratings"]):
    page.figure(
        standing(list(board["r2"]), **parts), "fig-evaluate-standing",
        caption=f"Where {found.name} stands. R² of triplets among the published models (grey dots; heights mean nothing), with 95 % of the refits, the band of random answers, and "
        "observers of known agreement. RSA of ratings beside the versions of GPT-4o-mini, with 95 % intervals over words, a perfect model and two groups of raters. A test without a result has no panel.",
        alt=f"Dot charts with intervals. {said.standing(triplets, len(board))} {said.rated(ratings)}",
    )  # fmt: skip

# %% [markdown]
# {value}`said.triplets`
#
# {value}`said.ratings`
#
# How these are judged. **Chance** is not one half: answers can hang together by a liking for some concepts or places without a thought of people's
# similarities. So which concept is which is shuffled in the human space, and chance is what the same answers agree with then. **The ceiling** is
# how often a second human space, got from other people's answers, agrees with the first; nothing in the data could tell a model that reaches it from
# people. For ratings chance comes from shuffled words, and the ceiling is the correlation between two groups of raters. R² has a scale of its own, on
# which people's similarities without error get {value}`limit.perfect` and with people's noise {value}`limit.crowd`; {ref}`sec-alignment-rise` says why more agreement is not always more R². Hence the
# verdict rests on the answers and not on R².

# %%
if len(rows):
    heads = ["Measure", "Model", "Estimate", "Low", "High", "Gain", "Gain, low", "Gain, high"]
    page.table(
        rows.set_axis(heads, axis="columns"), filters=["Measure"], formats=dict.fromkeys(heads[2:], ".3f"),
        caption="Agreement with people's ratings, and how much the evaluated model gains on each version of GPT-4o-mini, resampled over the same words; 95 % intervals",
    )  # fmt: skip

# %% [markdown]
# (sec-evaluate-valid)=
# ## Are the answers answers?
#
# {value}`said.validity`
#
# {value}`said.place`

# %%
page.table(tables.failure_table(found), caption="Answers without a value, by cause", formats={"Answers": ",", "Share, %": ".1f"})

# %%
page.table(
    tables.bias_table(found),
    caption="Likings and use of the scale, with Wilson intervals. The order of liking is found on one half of the answers and judged on the other",
    formats=dict.fromkeys(("Share, %", "Low", "High"), ".1f"),
)  # fmt: skip

# %% [markdown]
# (sec-evaluate-maps)=
# ## Map and profiles
#
# The space behind the answers, turned and scaled onto people's and seen from the same side; and the ratings, dimension by dimension. What has no
# result is not drawn.

# %%
from humanlike.analysis.placing import load_target
from humanlike.plots.maps import concept_maps
from humanlike.stats.maps import common_view

if triplets and triplets.space:
    target = load_target(found.parameters.human_space, missing="simulate")
    views = common_view(target.human, {found.name: triplets.space})
    page.figure(
        concept_maps({"people": views["human"], found.name: views[found.name]}, target.categories, "Widest two axes of the human space, same scale", shared=True),
        "fig-evaluate-map", caption=f"The {len(target.concepts)} concepts of people and of {found.name}, whose space is laid onto people's.",
        alt=f"Two maps of concepts by category, people's and that of {found.name}; the second explains {triplets.r2.value:.2f} of the variance of the first in all dimensions.",
    )  # fmt: skip

# %%
from humanlike.plots.forest import forest

profile = tables.dimension_rows(found, ["base", "en_ft"])
if profile:
    own = profile[found.name]["estimate"]
    page.figure(
        forest(list(own.index), profile, "Spearman's ρ with people over words (−1 to 1)"),
        "fig-evaluate-dimensions", caption=f"Agreement with people's ratings on each dimension, with 95 % intervals over words: {found.name}, GPT-4o-mini as it is, and fine-tuned on such ratings.",
        alt=f"Dot chart of ρ for {len(own)} dimensions. {found.name} is best on {own.idxmax()} ({own.max():.2f}) and worst on {own.idxmin()} ({own.min():.2f}).",
    )  # fmt: skip

# %%
from humanlike.evaluate.run import norms_of
from humanlike.plots.radar import radar

if profile and word in ratings.words and word in norms_of("simulate").tables["human"].index:
    known = norms_of("simulate").tables
    drawn = pd.DataFrame({name: known[name].loc[word] for name in ("human", "base", "en_ft")})
    drawn[found.name] = [ratings.ratings[name][ratings.words.index(word)] for name in drawn.index]
    page.figure(
        radar(drawn), "fig-evaluate-radar", caption=f"Ratings of the word *{word.lower()}*, 0 (not at all) to 5 (greatly).",
        alt=f"Radar chart of {len(drawn)} dimensions for {word.lower()}: people, GPT-4o-mini as it is and fine-tuned, and {found.name}.",
    )  # fmt: skip

# %% [markdown]
# (sec-evaluate-robust)=
# ## Asked in other ways
#
# Would the result be the same in other words, with the options in the other order, with answers scored instead of written? The first questions of
# both tests are asked again in every way that applies to this kind of model, and the answers are compared one by one with those above.
#
# Of triplets, R² is that of a space fitted to these few answers alone, so it compares within this table only. *As people* has the intervals over concepts.

# %% tags=["remove-output"]
from humanlike.evaluate.robust import robustness

again = {"triplets": min(n_robust, n_triplets), "ratings": min(n_robust_words, n_words or 1572)}
robust = robustness(model, found, again, store=where["store"], missing="simulate")
page.record("n_robust", again["triplets"])
page.record("n_robust_words", again["ratings"])
page.record("said.robust", said.robust(robust.triplets))
page.record("said.rerated", said.rerated(robust.ratings))
page.record("said.size", said.stable(robust.n_triplets))
page.record("said.words", said.stable(robust.n_words, "RSA", "words"))

# %%
if robust.triplets:
    page.table(
        tables.variant_table(robust.triplets), caption=f"The first {again['triplets']:,} triplets, asked in other ways; 95 % intervals in brackets",
        formats={"Valid, %": ".1f"},
    )  # fmt: skip

# %% [markdown]
# {value}`said.robust`
#
# **Ratings** have two more ways to go wrong. Another wording may move all numbers up or down, which no correlation shows: hence the *distance* and the *shift* from the ratings as
# published, in points of the scale. And a model may like high numbers whatever they mean. So the scale is **turned round**: 0 is what 5 was, and the answers are
# turned back. A rating that follows the meaning stays where it was. A liking that adds *c* to every number adds it on both scales, and turned back the two lie 2*c*
# apart; half of that is what survey research calls net acquiescence {cite:p}`baumgartner2001`. The gain is that of the mean ρ with people over the
# ratings as published, on the same words.

# %%
if robust.ratings:
    page.table(
        tables.rerated_table(robust.ratings),
        caption=f"Ratings of the first {again['ratings']:,} words on all dimensions, asked for in other ways; 95 % intervals over words in brackets",
    )  # fmt: skip

# %% [markdown]
# {value}`said.rerated`

# %%
left_out = tables.left_out_table(triplets=robust.triplets, ratings=robust.ratings)
if len(left_out):
    page.table(left_out, caption="Ways of asking that do not apply to this model")

# %% [markdown]
# **Would fewer questions do?** The space is fitted to the first answers only, and people's ratings are compared over the first words only.

# %%
from humanlike.plots.evaluate import by_size

curves = [tables.size_table(one) for one in (robust.n_triplets, robust.n_words)]
if any(len(curve) for curve in curves):
    page.figure(
        by_size(curves[0], parts["chance"], curves[1]), "fig-evaluate-size",
        caption=f"{found.name} by the number of questions: R² of the space, with 95 % of the refits; RSA of the ratings, with 95 % intervals over words. A test without a result has no panel.",
        alt=f"{said.stable(robust.n_triplets)} {said.stable(robust.n_words, 'RSA', 'words')}",
    )  # fmt: skip

# %% [markdown]
# {value}`said.size` {value}`said.words` How many triplets a *known* mind needs, and what the loss of the design leaves unfound whatever their number, is the subject of
# {doc}`/notebooks/triplets`.
#
# (sec-evaluate-observers)=
# ## Does the test find what is known?
#
# A test of models should be tested itself. These observers are simulated, so what they know of people is known. They go through the same
# command.

# %% tags=["remove-output"]
KNOWN = {
    "simulated:space=human": ("answers as people's own data do", ("ceiling", "ceiling")),
    "simulated:space=human,noise=0.2": ("the same with noise on every answer", ("between", None)),
    "simulated:space=human,noise=0.2,bias=2": ("the same with a liking for the first option", ("between", None)),
    "simulated:lapse=1": ("flips coins", ("chance", "chance")),
}
fewer = {"n_triplets": round(observers * n_triplets), "n_words": round(observers * (n_words or 1572))}
simulated = {spec: evaluate(spec, tuple(tasks), **wishes | fewer, **where) for spec in KNOWN if observers}
page.record("n_observer_triplets", fewer["n_triplets"])
as_known = [all(want is None or part is None or part.verdict == want for want, part in zip(KNOWN[spec][1], (one.triplets, one.ratings), strict=True))
            for spec, one in simulated.items()]  # fmt: skip
page.record("n_observers", len(simulated))
page.record("observers_as_known", sum(as_known))

# %%
if simulated:
    page.table(
        tables.observer_table({spec: known for spec, (known, _) in KNOWN.items()}, simulated),
        caption="Simulated observers, what is known of them and what the tests say", formats={"As people, %": ".1f", "R²": ".3f", "RSA": ".3f"},
    )  # fmt: skip

# %% [markdown]
# Observers put through the test on this page: {value}`n_observers`, with {value}`n_observer_triplets` triplets each; of these the verdicts are as known for {value}`observers_as_known`.
#
# (sec-evaluate-asked)=
# ## What was asked, when, on what

# %%
asked = tables.asked_table(found)
digits = {"Prompts": ",", "Valid, %": ".1f", "Tokens read": ",.0f", "Tokens written": ",.0f", "US dollars": ".2f"}
page.table(asked, caption="What was asked, with all runs together", formats={name: digits[name] for name in asked if name in digits})

# %%
page.table(tables.facts_table(found), caption="Who was asked, and where the result was made")

# %%
named = {name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in vars(found.parameters).items()}
page.table(pd.DataFrame(named.items(), columns=["Parameter", "Value"]), caption="All parameters of the evaluation; what they mean stands in humanlike.evaluate.Parameters")

# %% [markdown]
# ## What was found
#
# - By its triplets {value}`model.name` is {value}`verdict.triplets`. It agrees with people's similarities in {value}`agreement` % {interval}`agreement` of its
#   valid answers; its R² is {value}`r2` {interval}`r2`, rank {value}`rank` {interval}`rank` among the {value}`n_published` models of the paper.
# - By its ratings it is {value}`verdict.ratings`: RSA {value}`score.rsa` {interval}`score.rsa`, mean ρ {value}`score.spearman` {interval}`score.spearman`, mean
#   similarity {value}`score.similarity` {interval}`score.similarity`.
# - {value}`said.validity`
# - {value}`said.robust` {value}`said.rerated`
# - `humanlike leaderboard` lists it beside the published models, `humanlike compare` sets it beside any of them.
