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
# # Word by word
#
# **Question.** For how many words does fine-tuning bring the ratings nearer to people's, and how near? And does the way
# single words change tell *how* the model changed: everywhere alike, or where it was worst?
#
# Paper A {cite:p}`wu2026` takes the Euclidean distance between a word's ratings by model and by people, and turns it into a
# similarity,
#
# $$ d_i = \sqrt{\textstyle\sum_k (x_{ik} - h_{ik})^2}, \qquad s_i = \frac{1}{1 + d_i}. $$
#
# It compares the models' mean similarities, and then correlates the similarities of two models over the words. From a
# correlation near zero between the base model and a tuned one it concludes that tuning *reorganised* the
# representations instead of lifting all of them. This chapter computes both. Then it asks what the score and the
# correlation would be for predictors whose mechanism is known, because we built them.

# %% tags=["parameters"]
language: str = "English"  # language of the analyses from the controls on, in {"English", "Dutch"}
models: list[str] = ["qa_ft", "nl_ft", "en_ft"]  # tuned versions compared with the base model, in {"qa_ft", "nl_ft", "en_ft"}
dimensions: str = "all"  # dimensions of these analyses; in Dutch there are only sensory ones, in {"all", "sensory", "motor"}
subset: int = 0  # number of words drawn at random, at least 10; 0 takes all, in [0, 1572]
n_boot: int = 2000  # resamples of the words for intervals of rank correlations, in [20, 1000000]
n_sim: int = 200  # simulated trainings per setting, in [20, 100000]
seed: int = 1  # seed of all draws, in [0, 4294967295]
word: str = "SHOUTER"  # word of the profile at the end, English or Dutch

# %% tags=["remove-output"]
from humanlike.book.record import begin
from humanlike.data.norms import SENSORY, complete_words, features, load_ratings
from humanlike.data.words import dimension_set, draw_words, evaluated, find_word
from humanlike.stats.profiles import profile_distance, similarity

page = begin("words")
short = {"English": "en", "Dutch": "nl"}
tables = {name: load_ratings(name, missing="simulate") for name in short}
name_shown, _ = find_word(tables[language], word), dimension_set(dimensions, language)  # wrong settings end here
asked = {name: evaluated(table, models, needed=name == language) for name, table in tables.items()}
words = {name: draw_words(complete_words(tables[name], ["human", *asked[name]]), subset, seed)
         for name in tables}  # fmt: skip
for name, key in short.items():
    page.record(f"n_words.{key}", len(words[name]))

# %% [markdown]
# Words that lack a rating of a model compared are left out for all models: {value}`n_words.en` English and
# {value}`n_words.nl` Dutch words remain.
#
# (sec-words-similarity)=
# ## How near is each word?

# %% tags=["remove-output"]
from humanlike.plots.style import MODEL_LABELS


def profiles(name, set_name):
    chosen = dimension_set(set_name, name)
    return {who: features(tables[name], who, chosen).loc[words[name]] for who in ("human", *asked[name])}


def scores(name, set_name):
    rated = profiles(name, set_name)
    human = rated.pop("human")
    return {model: similarity(profile_distance(table, human)) for model, table in rated.items()}

# %%
from humanlike.plots.words import similarity_violins

panels = {"en.all": ("English", "all"), "en.sensory": ("English", "sensory"),
          "en.motor": ("English", "motor"), "nl.sensory": ("Dutch", "sensory")}  # fmt: skip
found = {key: scores(*panel) for key, panel in panels.items()}
titles = {key: f"{name} words, {kind} dimensions" for key, (name, kind) in panels.items()}
page.figure(
    similarity_violins({titles[key]: by_model for key, by_model in found.items()}),
    "fig-words-similarity",
    caption="Similarity of each word's ratings by model and by people. Symbol and number: mean; bar: middle half of the "
    "words. Fewer dimensions give shorter distances, so panels cannot be compared.",
    alt="Violin plots of word similarity. " + " ".join(f"{titles[key]}, means: " + ", ".join(
        f"{MODEL_LABELS[m]} {s.mean():.2f}" for m, s in by.items()) + "." for key, by in found.items()),
)  # fmt: skip

# %% tags=["remove-output"]
for key, by_model in found.items():
    for model, values in by_model.items():
        page.record(f"mean.{key}.{model}", values.mean())
sensory = profiles("English", "all")["human"].idxmax(axis=1).isin(SENSORY).to_numpy()
for kind, chosen in (("sensory", sensory), ("motor", ~sensory)):
    for model, values in found["en.all"].items():
        if chosen.any():
            page.record(f"mean.dominant.{kind}.{model}", values[chosen].mean())
page.record("n_dominant.sensory", int(sensory.sum()))

# %% [markdown]
# On English words and all eleven dimensions the mean similarity is {value}`mean.en.all.base` for the base model,
# {value}`mean.en.all.qa_ft` for QA_FT, {value}`mean.en.all.nl_ft` for Nl_FT and {value}`mean.en.all.en_ft` for En_FT
# ({numref}`fig-words-similarity`). On Dutch words and the six sensory dimensions it is
# {value}`mean.nl.sensory.base`, {value}`mean.nl.sensory.en_ft` for En_FT and {value}`mean.nl.sensory.nl_ft` for Nl_FT.
#
# **Which subset?** The paper speaks of three subsets, all, motor and sensory "concepts". That can mean dimensions or
# words. With the sensory *dimensions* of all words, En_FT has {value}`mean.en.sensory.en_ft` and base
# {value}`mean.en.sensory.base`; with all dimensions of the {value}`n_dominant.sensory` *words* whose strongest
# dimension is a sensory one, {value}`mean.dominant.sensory.en_ft` and {value}`mean.dominant.sensory.base`; of the other
# words, {value}`mean.dominant.motor.en_ft` and {value}`mean.dominant.motor.base`. The printed means, 0.41 and 0.16, are
# those of all words and all dimensions. They do not tell which reading the panels of the printed figure follow: the
# sensory words happen to round to the same digits.
#
# (sec-words-gain)=
# ## Is the gain more than chance?
#
# Each word is rated by every model, so the models are compared by a paired t-test. Its effect size is Cohen's
# $d_z$ {cite:p}`lakens2013`, the mean difference in standard deviations of the differences. Wilcoxon's test, which uses ranks only, is a check.

# %%
import pandas as pd

from humanlike.stats.paired import paired_test

pairs = {key: [(m, "base") for m in by if m != "base"] + [("en_ft", "nl_ft")] * (set(by) >= {"en_ft", "nl_ft"})
         for key, by in found.items()}  # fmt: skip
tests = {(key, a, b): paired_test(found[key][a], found[key][b]) for key, both in pairs.items() for a, b in both}
rows = [(titles[key], f"{MODEL_LABELS[a]} − {MODEL_LABELS[b]}", t.difference, t.low, t.high, t.t, max(t.p, 1e-300), t.dz,
         max(t.wilcoxon_p, 1e-300), t.share_higher) for (key, a, b), t in tests.items()]  # fmt: skip
names = ["Set", "Difference", "Δs", "Low", "High", "t", "p", "dz", "p (Wilcoxon)", "Words nearer"]
small = "{:.1e}".format
page.table(pd.DataFrame(rows, columns=names), caption="Paired tests of word similarity, with 95 % intervals; p of 1e-300 means that or less", filters=["Set"],
           formats={"Δs": "+.3f", "Low": "+.3f", "High": "+.3f", "t": ".1f", "p": small, "dz": ".2f",
                    "p (Wilcoxon)": small, "Words nearer": ".1%"})  # fmt: skip

# %% tags=["remove-output"]
for (key, a, b), test in tests.items():
    name = f"{key}.{a}" if b == "base" else f"{key}.{a}_{b}"
    page.record(f"gain.{name}", test.difference, (test.low, test.high))
    page.record(f"p.{name}", max(test.p, 1e-300))
    page.record(f"dz.{name}", test.dz)
    page.record(f"nearer.{name}", test.share_higher)
    page.record(f"higher.{name}", test.low > 0)
mean = {key: {m: s.mean() for m, s in by.items()} for key, by in found.items()}
if len(asked["English"]) == 4:
    en, nl = mean["en.all"], mean["nl.sensory"]
    page.record("order.en", bool(en["en_ft"] > en["nl_ft"] > en["qa_ft"] > en["base"]))
    page.record("order.nl", bool(nl["nl_ft"] > nl["en_ft"] > nl["base"]))
    page.record("matched_first", max(en, key=en.get) == "en_ft" and max(nl, key=nl.get) == "nl_ft")
    page.record("qa_marginal", 0 < tests["en.all", "qa_ft", "base"].dz < 0.2)

# %% [markdown]
# En_FT is nearer to people than base for {value}`nearer.en.all.en_ft` of the English words: a gain of
# {value}`gain.en.all.en_ft` {interval}`gain.en.all.en_ft`, $d_z$ = {value}`dz.en.all.en_ft`. Nl_FT gains
# {value}`gain.en.all.nl_ft` {interval}`gain.en.all.nl_ft` ($d_z$ = {value}`dz.en.all.nl_ft`). QA_FT gains
# {value}`gain.en.all.qa_ft` {interval}`gain.en.all.qa_ft` ($d_z$ = {value}`dz.en.all.qa_ft`): with so many words even this
# has a small *p*. All *p* concern the choice of words; each version was trained once.
#
# (sec-words-controls)=
# ## What does a predictor score that knows nothing of the word?
#
# The paper compares models with models. Here are predictors without a language model, made from the human ratings of the
# training words (the published split, 2,358 words, none of them evaluated) and of the evaluated words:
#
# - *mean profile*: every word gets the mean ratings of the training words, or of the evaluated words; nothing about the word is known;
# - *random word* and *nearest spelling*: it gets the ratings of a random training word, or of the one that shares most pairs of letters with it;
# - *base, recalibrated*: per dimension one straight line turns base's ratings into human ones, the same line for all
#   words, fitted on other words (`recalibrate`);
# - *people, other language*: what speakers of the other language said of its translation (sensory dimensions only);
# - *second panel*: what a second group of raters would say, simulated from the standard deviation and number of raters of each
#   mean (English only). It assumes normal means and raters who err independently on each dimension.

# %% tags=["remove-output"]
import numpy as np

from humanlike.data.splits import load_splits
from humanlike.data.words import rater_spread, training_ratings, translated_ratings
from humanlike.stats.controls import nearest_by_spelling, second_panel
from humanlike.stats.reorganisation import recalibrate

own = words[language]
train = training_ratings(load_splits("earlier", missing="simulate"), language)
near = nearest_by_spelling(own, list(train.index))[0]
lot = np.random.default_rng(seed).integers(len(train), size=len(own))
abroad = translated_ratings(tables[language], tables["Dutch" if language == "English" else "English"])

# %% tags=["remove-output"]
def predictors(set_name):
    chosen, rated = dimension_set(set_name, language), profiles(language, set_name)
    human, base, known = rated.pop("human").to_numpy(), rated["base"].to_numpy(), train[dimension_set(set_name, language)].to_numpy()
    made = {"mean_train": known.mean(axis=0) + 0 * human, "mean_own": human.mean(axis=0) + 0 * human,
            "random": known[lot], "spelling": known[near],
            "recalibrated": recalibrate(base, human, min(10, len(human) // 2), seed)}  # fmt: skip
    if set(chosen) <= set(SENSORY):
        made["abroad"] = abroad.loc[own, chosen].to_numpy()
    spread = rater_spread(tables[language], own, chosen)
    if spread:
        made["panel"] = second_panel(human, *spread, seed)
    return human, {name: table.to_numpy() for name, table in rated.items()} | made

sets = ["all", "sensory", "motor"] if language == "English" else ["sensory"]
made = {name: predictors(name) for name in dict.fromkeys([*sets, dimensions])}

# %%
from humanlike.plots.words import control_bars

labels = MODEL_LABELS | {
    "mean_train": "Mean profile (training words)", "mean_own": "Mean profile (these words)",
    "random": "Random training word", "spelling": "Nearest spelling", "recalibrated": "Base, recalibrated",
    "abroad": "People, other language", "panel": "Second panel (simulated)"}  # fmt: skip
means = pd.DataFrame({name: {labels[who]: similarity(profile_distance(table, made[name][0])).mean()
                             for who, table in made[name][1].items()} for name in sets})  # fmt: skip
means = means.sort_values("sensory", ascending=False)
means.attrs["models"] = {MODEL_LABELS[m]: m for m in asked[language]}
page.figure(control_bars(means), "fig-words-controls",
    caption=f"Mean similarity of models (plain bars) and of predictors without a language model (hatched), {language} words.",
    alt="Bars of mean similarity. " + " ".join(f"{name}: " + ", ".join(
        f"{who} {value:.2f}" for who, value in means[name].dropna().items()) + "." for name in sets))  # fmt: skip

# %%
from humanlike.stats.profiles import profile_fit

human, tried = made[dimensions]
fits = {who: profile_fit(table, human) for who, table in tried.items()}
shown = pd.DataFrame([(labels[who], f.similarity, f.rmse, f.dimension_rho, f.shape, f.rsa) for who, f in fits.items()],
                     columns=["Predictor", "Similarity", "RMSE (points)", "ρ per dimension", "Shape", "RSA ρ"])  # fmt: skip
page.table(shown.astype(dict.fromkeys(shown.columns[1:], float)).sort_values("Similarity", ascending=False),
           caption=f"Five scores of each predictor, {language} words, {dimensions} dimensions; – where a score does not exist",
           formats=dict.fromkeys(shown.columns[1:], ".3f"))  # fmt: skip

# %% tags=["remove-output"]
for who, fit in fits.items():
    page.record(f"control.{who}", fit.similarity)
    for score in ("rsa", "dimension_rho", "shape"):
        if getattr(fit, score) is not None:
            page.record(f"{score}.{who}", getattr(fit, score))
if "sensory" in made:
    for who in ("abroad", "mean_train"):
        page.record(f"control_sensory.{who}", means["sensory"][labels[who]])
page.record("knows_nothing_beats", ", ".join(
    MODEL_LABELS[m] for m in asked[language] if fits[m].similarity < fits["mean_train"].similarity) or "no model")  # fmt: skip

# %% [markdown]
# The mean profile, which says the same of every word, reaches {value}`control.mean_train`. It beats
# {value}`knows_nothing_beats` ({numref}`fig-words-controls`). A straight line per dimension takes base from
# {value}`control.base` to {value}`control.recalibrated`, though it adds nothing that base did not know of a word: its RSA *ρ* stays at
# {value}`rsa.recalibrated`, where base has {value}`rsa.base`. So most of the squared distance between base and people goes when level and scale are put right, and a rise
# of 1/(1 + *d*) is not by itself a sign that words are better told apart. The other columns of the table are blind to
# level; by those Nl_FT (RSA *ρ* {value}`rsa.nl_ft`, base {value}`rsa.base`) is far better than its similarity suggests.
#
# At the upper end, En_FT stands at {value}`control.en_ft`, a simulated second panel of people at {value}`control.panel`
# (RSA *ρ* {value}`rsa.en_ft` and {value}`rsa.panel`; mean *ρ* per dimension {value}`dimension_rho.en_ft` and
# {value}`dimension_rho.panel`). On sensory dimensions speakers of the other language reach {value}`control_sensory.abroad`. With
# some twenty raters a word, this score leaves little room above En_FT.
#
# (sec-words-correlations)=
# ## Are the same words hard for all models?

# %%
from humanlike.plots.words import correlation_maps
from humanlike.stats.rankings import rank_matrix

wanted = {"English": dimensions if language == "English" else "all", "Dutch": "sensory"}
by_word = {name: scores(name, wanted[name]) for name in tables if len(asked[name]) > 1}
maps = {name: rank_matrix(by, n_boot, seed) for name, by in by_word.items()}
page.figure(correlation_maps({f"{name} words, {wanted[name]} dimensions": m for name, m in maps.items()}),
    "fig-words-correlations",
    caption="Rank correlation of word similarity between every two models.",
    alt="Heat maps of Spearman's rho between models. " + " ".join(f"{name}: " + ", ".join(
        f"{MODEL_LABELS[a]} and {MODEL_LABELS[b]} {m.pair(a, b)[0]:.3f}"
        for i, a in enumerate(m.names) for b in m.names[i + 1:]) + "." for name, m in maps.items()))  # fmt: skip

# %%
from humanlike.plots.words import score_scatter

en = by_word.get("English", by_word[language])
drawn = [("base", m) for m in ("en_ft", "nl_ft", "qa_ft") if m in en] + [("en_ft", "nl_ft")] * ({"en_ft", "nl_ft"} <= set(en))
page.figure(score_scatter(en, drawn), "fig-words-scatter",
    caption="Similarity of each word in two models, with the least-squares line and Spearman's ρ.",
    alt="Scatter plots of word similarity. " + " ".join(
        f"{MODEL_LABELS[a]} and {MODEL_LABELS[b]}: Pearson's r {np.corrcoef(en[a], en[b])[0, 1]:.2f}." for a, b in drawn))  # fmt: skip

# %% tags=["remove-output"]
for name, matrix in maps.items():
    for i, a in enumerate(matrix.names):
        for b in matrix.names[i + 1 :]:
            rho, p, low, high = matrix.pair(a, b)
            page.record(f"corr.{short[name]}.{a}.{b}", rho, (low, high))
            page.record(f"corr_p.{short[name]}.{a}.{b}", max(p, 1e-300))
            page.record(f"zero.{short[name]}.{a}.{b}", low <= 0 <= high)
            r = np.corrcoef(by_word[name][a], by_word[name][b])[0, 1]
            page.record(f"r2.{short[name]}.{a}.{b}", r**2)
            page.record(f"tight.{short[name]}.{a}.{b}", r**2 >= 0.5)
            page.record(f"linear.{short[name]}.{a}.{b}", abs(r) >= 0.1)

# %% tags=["remove-output"]
if {"en_ft", "nl_ft"} <= set(en) and "English" in maps:
    rhos = [maps["English"].pair("base", m)[0] for m in ("en_ft", "nl_ft")]
    page.record("reshuffled", abs(rhos[0]) < 0.1)
    page.record("none_or_negative", all(-0.2 < rho <= 0 for rho in rhos))

# %% [markdown]
# Base and En_FT correlate at {value}`corr.en.base.en_ft` {interval}`corr.en.base.en_ft`, base and Nl_FT at
# {value}`corr.en.base.nl_ft` {interval}`corr.en.base.nl_ft`, En_FT and Nl_FT at {value}`corr.en.nl_ft.en_ft`, base and QA_FT
# at {value}`corr.en.base.qa_ft` ({numref}`fig-words-correlations`). Three details differ from the paper's words:
#
# - QA_FT is called uncorrelated with both supervised models. With Nl_FT it is, {value}`corr.en.qa_ft.nl_ft`
#   {interval}`corr.en.qa_ft.nl_ft`; with En_FT the correlation is small, {value}`corr.en.qa_ft.en_ft`
#   {interval}`corr.en.qa_ft.en_ft`, and its interval excludes zero.
# - The scatter of En_FT against Nl_FT is called tight. One score explains {value}`r2.en.nl_ft.en_ft` of the variance of the other
#   ({numref}`fig-words-scatter`).
# - In Dutch the picture is another one: base and the model of the other language, En_FT, correlate at {value}`corr.nl.base.en_ft`
#   {interval}`corr.nl.base.en_ft`. The paper's text names no Dutch correlations.
#
# (sec-words-boost)=
# ## Does a correlation near zero rule out a uniform boost?
#
# The paper argues: had all words improved alike, their order would be the old one. That holds only if a good part
# of the old error is left. Suppose training removes the *same* share of the error of *every* word and dimension, so
# that $c\,e_i$ remains, and adds noise that knows nothing of the word. If little remains, the new order is that of the noise. We simulate
# this: the noise is the tuned model's real errors, dealt to the words at random, scaled so that the mean squared distance
# after training is the observed one (`uniform_boost`).

# %%
from humanlike.plots.words import boost_curves
from humanlike.stats.reorganisation import uniform_boost

error = {who: table - human for who, table in tried.items()}
tuned = [m for m in asked[language] if m != "base"]
shares = [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1]
boosts = {m: uniform_boost(error["base"], error[m], shares, n_sim, seed) for m in tuned}
observed = {m: maps[language].pair("base", m)[0] for m in tuned}
page.figure(boost_curves(boosts, observed), "fig-words-boost",
    caption="Rank correlation with base that a boost, the same for all words, would give, by the share of base's error it leaves. "
    "Dashed: the correlation observed.",
    alt="Curves of the simulated correlation against the share of error left. " + " ".join(
        f"{MODEL_LABELS[m]}: {b.mean[0]:.2f} with nothing left, {b.mean[7]:.2f} with a fifth left, {b.mean[-1]:.2f} with all "
        f"left; observed {observed[m]:.2f}." for m, b in boosts.items()))  # fmt: skip

# %% tags=["remove-output"]
for model, boost in boosts.items():
    inside = boost.compatible(observed[model])
    page.record(f"boost.ruled_out.{model}", len(inside) == 0)
    page.record(f"boost.shares.{model}", " and ".join(f"{a:.0%} to {b:.0%}" for a, b in inside) or "none")
    low, high = (bound[0] for bound in boost.band())
    page.record(f"boost.nothing_left.{model}", boost.mean[0], (low, high))
    low, high = (bound[7] for bound in boost.band())
    page.record(f"boost.fifth_left.{model}", boost.mean[7], (low, high))

# %% [markdown]
# For En_FT a uniform boost that leaves a fifth of the error would give {value}`boost.fifth_left.en_ft`; that is not what is
# seen. One that leaves nothing gives {value}`boost.nothing_left.en_ft` {interval}`boost.nothing_left.en_ft`. The observed
# {value}`corr.en.base.en_ft` lies in the 95 % band where the share left is {value}`boost.shares.en_ft`. For Nl_FT that is
# {value}`boost.shares.nl_ft`, for QA_FT {value}`boost.shares.qa_ft` ({numref}`fig-words-boost`). For both supervised models, then, a boost that is the same for all words is *not* ruled out.
# What the correlation excludes is that much of base's error pattern is left, whichever way it went.
#
# A curve may fall below zero before it rises. Base rates too high on average, Nl_FT too low. A little of base's error, left
# in every word alike, cancels some of the other, and most where base was furthest off.
#
# The same correlation for the predictors made above, whose mechanism is known:

# %%
def draws(who):
    seeds = range(seed, seed + 20)
    spread = rater_spread(tables[language], own, dimension_set(dimensions, language))
    panel = [profile_distance(second_panel(human, *spread, s), human) for s in seeds] if spread else []
    return [rank_matrix({"a": d, "b": distance[who]}, 2, 1).rho[0, 1] for d in panel]

distance = {who: np.linalg.norm(table, axis=1) for who, table in error.items()}
blind = [who for who in ("mean_train", "random", "spelling", "recalibrated", "panel") if who in distance]
rows = {who: [rank_matrix({"a": distance[who], "b": distance[m]}, 2, 1).rho[0, 1] for m in asked[language]] for who in blind}
page.table(pd.DataFrame([(labels[who], *values) for who, values in rows.items()],
                        columns=["Predictor", *(MODEL_LABELS[m] for m in asked[language])]),
           caption="Rank correlation of word similarity: predictors of known mechanism with the models",
           formats={MODEL_LABELS[m]: "+.3f" for m in asked[language]})  # fmt: skip

# %% tags=["remove-output"]
for who in blind:
    page.record(f"known.{who}.base", rows[who][0])
for model in asked[language]:
    drawn = draws(model)
    if drawn:
        page.record(f"panel_rho.{model}", np.mean(drawn), tuple(np.quantile(drawn, [0.025, 0.975])))

# %% [markdown]
# Recalibrating base by eleven straight lines is a global, word-blind change by construction. The similarities before and after
# correlate at {value}`known.recalibrated.base`, not near one. The mean profile gives {value}`known.mean_train.base`. And a second panel of people, who
# were not trained at all, gives {value}`panel_rho.base` {interval}`panel_rho.base` with base (twenty simulated panels).
# None of these came about by targeting errors, and none keeps much of base's order. The same panels correlate with En_FT at
# {value}`panel_rho.en_ft` and with Nl_FT at {value}`panel_rho.nl_ft`. They share with them the ratings that all are measured
# against, and no training. A correlation of this size comes without a common schema; the observed one, {value}`corr.en.nl_ft.en_ft`, is larger.
#
# (sec-words-largest)=
# ## Do the largest errors get the largest corrections?
#
# The gain $b_i - a_i$ of a word contains its distance before, $b_i$. The two correlate even when before
# and after have nothing to do with each other: then $r = s_b/\sqrt{s_b^2 + s_a^2}$. Three guards: this expected value;
# Oldham's correlation {cite:p}`oldham1962` of the gain with the *mean* of before and after, which is zero when both spreads are alike; and a split,
# the error on half of the dimensions against the gain on the other half. Above all, the same numbers for predictors that no error ever trained.

# %%
from humanlike.plots.words import gain_scatter

compared = ["en_ft" if "en_ft" in tuned else tuned[0], "mean_train", "recalibrated"]
page.figure(gain_scatter(distance["base"], {labels[who]: distance[who] for who in compared}), "fig-words-gain",
    caption="Distance saved by each word against its distance in the base model: a tuned model, the mean profile "
    "of the training words, and base recalibrated alike for all words.",
    alt="Three scatter plots of gain against base distance, all rising: " + ", ".join(
        f"{labels[who]} r = {np.corrcoef(distance['base'] - distance[who], distance['base'])[0, 1]:.2f}" for who in compared) + ".")  # fmt: skip

# %%
from humanlike.stats.reorganisation import improvement

gains = {who: improvement(error["base"], error[who], 50, seed) for who in [*tuned, *blind]}
page.table(pd.DataFrame([(labels[w], g.raw, g.expected, g.oldham, g.split, g.share_improved) for w, g in gains.items()],
                        columns=["After", "r(gain, before)", "Expected if unrelated", "Oldham", "Split of dimensions", "Words nearer"]),
           caption="Gain and distance before, from base to each model or control",
           formats={"r(gain, before)": ".2f", "Expected if unrelated": ".2f", "Oldham": ".2f", "Split of dimensions": ".2f",
                    "Words nearer": ".1%"})  # fmt: skip
for who, g in gains.items():
    for key in ("raw", "expected", "oldham", "split"):
        page.record(f"largest.{key}.{who}", getattr(g, key))

# %% tags=["remove-output"]
order = np.argsort(distance["base"])
quarter = {"best": order[: len(order) // 4], "worst": order[-(len(order) // 4) :]}
for model in tuned:
    won = {name: float((distance["base"] - distance[model])[at].mean()) for name, at in quarter.items()}
    page.record(f"quarter.best.{model}", won["best"])
    page.record(f"quarter.worst.{model}", won["worst"])
    page.record(f"quarter.order.{model}", won["worst"] > won["best"])

# %% [markdown]
# From base to En_FT, gain and distance before correlate at {value}`largest.raw.en_ft`. Were the two distances unrelated, it would be
# {value}`largest.expected.en_ft`. The quarter of the words that base rated worst gains {value}`quarter.worst.en_ft` points, the best quarter
# {value}`quarter.best.en_ft`. So the statement is right as arithmetic. But the mean profile, which corrects nothing, shows
# {value}`largest.raw.mean_train`; recalibrated base {value}`largest.raw.recalibrated`; and on split dimensions En_FT has
# {value}`largest.split.en_ft`, the mean profile {value}`largest.split.mean_train` ({numref}`fig-words-gain`). Whoever arrives near the target has moved furthest where the start was furthest.
# It says nothing of how gradients were spent. None of these words was trained on, so no gradient was ever computed from its error.
#
# (sec-words-shape)=
# ## A score without level
#
# Distance mixes two things: level and shape. The *shape agreement* of a word turns every dimension into z-scores, in
# each source by itself, and correlates the word's two profiles over the dimensions (`shape_agreement`). A dimension rated
# too high for all words, or a profile that is too high as a whole, costs nothing. Words with a pronounced human profile are
# easier for everybody, so a third set of correlations holds that constant.

# %%
from humanlike.plots.words import pair_dots
from humanlike.stats.profiles import profile_strength, shape_agreement

shape = {m: shape_agreement(tried[m], human) for m in asked[language]}
whole = np.isfinite(np.column_stack(list(shape.values()))).all(axis=1)
shape, strength = {m: s[whole] for m, s in shape.items()}, profile_strength(human)[whole]
kinds = {"similarity": maps[language], "shape": rank_matrix(shape, n_boot, seed),
         "shape, strength constant": rank_matrix(shape, n_boot, seed, given=strength)}  # fmt: skip
rows = [(a, b, f"{MODEL_LABELS[a]} – {MODEL_LABELS[b]}", kind, *matrix.pair(a, b))
        for i, a in enumerate(shape) for b in list(shape)[i + 1 :] for kind, matrix in kinds.items()]  # fmt: skip

# %%
dots = pd.DataFrame(rows, columns=["a", "b", "pair", "score", "rho", "p", "low", "high"])
page.figure(pair_dots(dots), "fig-words-shape",
    caption="Rank correlations over words between models, by three scores, with 95 % bootstrap intervals: similarity; shape "
    "agreement; shape agreement with the strength of the human profile held constant.",
    alt="Dots with intervals. " + " ".join(f"{row.pair}, {row.score}: {row.rho:.2f}." for row in dots.itertuples()))  # fmt: skip
for row in dots[dots["score"] != "similarity"].itertuples():
    kind = "shape" if row.score == "shape" else "shape_given"
    page.record(f"{kind}.{row.a}.{row.b}", row.rho, (row.low, row.high))
    page.record(f"{kind}_zero.{row.a}.{row.b}", row.low <= 0 <= row.high)

# %% [markdown]
# By shape, base and En_FT do not rank the words in unrelated orders: {value}`shape.base.en_ft` {interval}`shape.base.en_ft`, and
# {value}`shape_given.base.en_ft` {interval}`shape_given.base.en_ft` with the strength of the profile held constant ({numref}`fig-words-shape`). Words whose profile base gets right
# tend to be those that En_FT gets right. That order was not reshuffled completely. Nor does this prove a uniform boost: the words' own clarity makes most of it.
#
# **Consistency.** A word's similarity is itself uncertain. Computed on two random halves of the dimensions, it correlates
# with itself at {value}`half.base` in base and at {value}`half.en_ft` in En_FT. When errors are small, which word has the larger one is
# largely a matter of which dimensions were asked, and that limits how highly its score can correlate with any other.

# %% tags=["remove-output"]
from humanlike.stats.reorganisation import split_half

for model in asked[language]:
    page.record(f"half.{model}", split_half(error[model], error[model], 50, seed))

# %% [markdown]
# (sec-words-profile)=
# ## One word's profile
#
# The paper's example is the word SHOUTER. How it was chosen is not said.

# %%
from humanlike.plots.radar import radar

name = name_shown
everyone = ["human", *asked[language]]
rated = {who: features(tables[language], who) for who in everyone}
one = pd.DataFrame({who: rated[who].loc[name] for who in everyone})
page.figure(radar(one), "fig-words-profile",
    caption=f"Ratings of {name} by people and models, 0 to 5.",
    alt=f"Radar chart of {name}. " + " ".join(f"{MODEL_LABELS[who]}: " + ", ".join(
        f"{dimension} {value:.1f}" for dimension, value in one[who].items()) + "." for who in everyone))  # fmt: skip

# %% [markdown]
# Any other word can be chosen here, by its English or its Dutch spelling; the buttons show and hide lines. The table below the
# chart has the numbers.

# %%
from humanlike.plots.radar import radar_widget

pairs = tables[language].drop_duplicates("word")["translation"]
page.html(radar_widget(rated, list(pairs), name, "The chart of other words needs JavaScript. The figure above shows one word."),
          text=f"Interactive radar chart of the ratings of all {len(pairs):,} words; it begins with {name}.")  # fmt: skip

# %% tags=["remove-output"]
gap = {m: float(np.linalg.norm(one[m] - one["human"])) for m in asked[language]}
blank = float(np.linalg.norm(train.mean() - one["human"]))
ranked = np.linalg.norm(rated["base"].dropna() - rated["human"].loc[rated["base"].dropna().index], axis=1)
tops = {who: set(one[who].nlargest(2).index) for who in everyone}
page.record("word.name", name)
page.record("word.blank", blank)
page.record("word.worse_than", float(np.mean(ranked < gap["base"])))
page.record("word.flat", bool(one["base"].std() < one["human"].std()))
page.record("word.base_inaccurate", gap["base"] > blank)
for who in everyone:
    page.record(f"word.spread.{who}", one[who].std())
    if who != "human":
        page.record(f"word.distance.{who}", gap[who])

# %% tags=["remove-output"]
if len(asked[language]) == 4:
    from_base = {m: float(np.linalg.norm(one[m] - one["base"])) for m in tuned}
    level = one[["base", "nl_ft", "en_ft"]].loc[list(tops["human"])].mean()
    page.record("word.top.human", " and ".join(sorted(tops["human"])))
    page.record("word.top.en_ft", " and ".join(sorted(tops["en_ft"])))
    page.record("word.peaks", tops["en_ft"] == tops["human"] == {"Auditory", "Mouth"})
    page.record("word.en_first", min(gap, key=gap.get) == "en_ft")
    page.record("word.nl_attenuated", gap["en_ft"] < gap["nl_ft"] < gap["base"])
    page.record("word.nl_auditory", float(one["nl_ft"].iloc[0] - one["en_ft"].iloc[0]))
    page.record("word.qa_like_base", min(from_base, key=from_base.get) == "qa_ft")
    page.record("word.qa_inaccurate", gap["qa_ft"] > blank)
    page.record("word.qa_extremes", int(one["qa_ft"].isin([0, 5]).sum()))

# %% [markdown]
# For {value}`word.name`, base is {value}`word.distance.base` points from people, QA_FT {value}`word.distance.qa_ft`, Nl_FT
# {value}`word.distance.nl_ft` and En_FT {value}`word.distance.en_ft` ({numref}`fig-words-profile`); the mean profile of the training words would be
# {value}`word.blank` away. En_FT's two highest ratings, {value}`word.top.en_ft`, are those of people, {value}`word.top.human`. Two remarks:
#
# - The profile of base is not flatter than the human one. Its ratings spread over the dimensions by {value}`word.spread.base` points
#   (standard deviation), people's by {value}`word.spread.human`. It is high in the wrong places. QA_FT is more peaked still:
#   {value}`word.qa_extremes` of its ratings are 0 or 5.
# - The word is an extreme case for base: {value}`word.worse_than` of the words are nearer. It shows the largest changes, not the usual ones.
#
# ## What was found
#
# - The {claims}`words` claims of this section ({doc}`/book/ledger`): {verdicts}`words`. The printed means and correlations all come out.
# - En_FT is nearer to people than base for {value}`nearer.en.all.en_ft` of the words, $d_z$ = {value}`dz.en.all.en_ft`.
# - The score rewards level. A mean profile that knows nothing of the word scores {value}`control.mean_train`, more than {value}`knows_nothing_beats`.
#   En_FT ({value}`control.en_ft`) stands where a second panel of people would ({value}`control.panel`).
# - The near-zero correlation of base and En_FT does not show a targeted reorganisation. A uniform boost that leaves little of the error gives it too
#   ({ref}`sec-words-boost`), so does a second panel of people, and the largest errors get the largest corrections from predictors that correct
#   nothing ({ref}`sec-words-largest`).
# - By the shape of profiles, base and En_FT keep part of their order of words: {value}`shape.base.en_ft` {interval}`shape.base.en_ft`.
# - What would decide: intermediate checkpoints, repeated trainings, and a test of words trained on against words not trained on. The release holds none of them.
