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
# # Do the two tests agree?
#
# **Question.** Paper A {cite:p}`wu2026` calls a model human-like if it *rates words* as people do; Paper B {cite:p}`ingredients2025` if it
# *judges triplets of things* as people do. Is a model that passes one test also good at the other? And if a model learns the one, does it get
# better or worse at the other?
#
# The papers cannot say. GPT-4o-mini and its fine-tuned versions have ratings and no triplets, the ranked open models triplets and no
# ratings: no model has both. So models with both are made here, from one that runs anywhere, and the two kinds of *human* data are
# compared where they are about the same things.

# %% tags=["parameters"]
model: str = "encoder:"  # the encoder whose layers and pupils take both tests: encoder: is MiniLM, encoder:FOLDER another one
words: int = 0  # evaluated words of Paper A; 0 takes all, in [0, 1572]
n_triplets: int = 35000  # questions about Paper B's concepts, in [5000, 200000]
n_dims: int = 30  # dimensions of the space fitted to the answers, in [2, 100]
human_space: str = "66"  # which human embedding is the target, by its number of dimensions, in {"66", "49"}
taught_words: int = 0  # training words of the pupils; 0 takes all of Paper A's, in [0, 2358]
draws: int = 3  # times the training is repeated with another order of words, in [1, 20]
epochs: int = 4  # passes through the training words, in [1, 100]
steps: int = 60  # fewest steps of a training: few words are passed through more often, in [1, 10000]
least: float = 0.02  # share of a dimension's variance below which ratings are said not to hold it, in [0.0, 0.5]
n_boot: int = 500  # resamples of words and of concepts, in [20, 100000]
n_perm: int = 1000  # permutations, in [99, 100000]
seed: int = 1  # seed of questions, resamples and folds, in [0, 4294967295]

# %% tags=["remove-output"]
from humanlike.analysis import judges as takers
from humanlike.analysis.two_tests import load_tests
from humanlike.book.record import begin
from humanlike.finetune.encoder import Recipe

page = begin("agreement")
tests, material = load_tests(words, n_triplets, int(human_space), seed, missing="simulate")
encoder = takers.open_encoder(model)
recipe = Recipe(epochs=epochs, steps=steps)
lesson, left_out = takers.ratings_lesson(tests, material, taught_words, recipe)

# %% tags=["remove-output"]
from humanlike.analysis.rated_things import load_rated_things

things = load_rated_things(int(human_space), missing="simulate")
concepts = [name.lower() for name in tests.target.concepts]
both = things.only(concepts)
page.record("model", encoder.info().name)
counts = {"words": len(tests.human), "dimensions": tests.human.shape[1], "triplets": len(tests.asked), "concepts": len(concepts),
          "rated": len(both.words), "named": things.n_named, "taught": len(lesson.words), "left_out": left_out, "draws": draws,
          "evaluated": len(set(concepts) & set(material.human.index.str.lower()))}  # fmt: skip
for key, count in counts.items():
    page.record(f"n.{key}", count)

# %% [markdown]
# ## What each test asks
#
# | | Ratings (Paper A) | Triplets (Paper B) |
# |---|---|---|
# | items | {value}`n.words` words of all kinds, also verbs and abstract ones | {value}`n.concepts` things that can be pictured |
# | a question | *to what extent is it experienced by smelling?* | *which of two is more like a third?* |
# | what matters is | named for the judge: {value}`n.dimensions` dimensions | the judge's own choice |
# | an answer | a number, for itself | an order, relative to two others |
# | using the scale | counts: a judge who is one point too high everywhere has other numbers (in RSA it does not show) | there is no scale |
# | people | rated single words, read | named the odd one out of three pictures |
# | questions here | {value}`n.words` × {value}`n.dimensions` | {value}`n.triplets` |
#
# Of the {value}`n.concepts` concepts, {value}`n.evaluated` are among the words Paper A evaluates, and {value}`n.rated` have human ratings in what
# its authors released. The tests hardly share an item; whatever they have in common must be something in the judge.
#
# (sec-agreement-models)=
# ## Models with both results
#
# MiniLM {cite:p}`reimers2019,wang2020`, the sentence encoder of the earlier chapters, can take both tests without reading a prompt: it rates a
# word by its cosine with the phrase of the dimension (*smelling*), and chooses the option whose cosine with the anchor is larger. So can each of its parts. These
# models are put through both:
#
# - **Layers.** The mean over a text's tokens after each layer (`encoder:,layer=3`); before the first one, the vectors of the tokens, which know no context.
# - **Random weights.** The same network before any training (`encoder:,random=1`): the control.
# - **Linear read-out.** The frozen encoder; ridge regressions predict people's ratings. Triplets are then judged *by these ratings alone*: nearest are two
#   concepts with the most similar predicted profile.
# - **Taught ratings.** All weights trained on people's ratings of {value}`n.taught` of Paper A's training words, as in {doc}`/notebooks/finetuning`; draws: {value}`n.draws`. No triplet
#   is taught. Words that name one of the {value}`n.concepts` concepts, or share its stem, are left out ({value}`n.left_out` words), so that both tests ask about
#   words that are new.
# - **Taught shuffled ratings.** The same words and numbers, dealt to other words: the control for training as such.
# - **Asked before.** Any model in the store of whoever builds the book that has answers to both tests joins by itself.

# %% tags=["remove-output"]
judges = takers.layers(tests, encoder, seed)
n_layers = len(judges)
judges.append(takers.read_out(tests, material, encoder, taught_words, seed))
judges += takers.taught(tests, material, encoder, taught_words, draws, recipe)
found, refused = takers.stored(tests, without=[encoder.info().spec])
judges += found

# %% tags=["remove-output"]
from humanlike.analysis.two_tests import both_table, fitted_r2, rating_scores, triplet_scores

rated = rating_scores(judges, tests, n_boot, seed)
chosen = triplet_scores(judges, tests, n_boot, seed)
table = both_table(judges, rated, chosen, fitted_r2(judges, tests, n_dims, seed))
for key, count in {"judges": len(judges), "layers": n_layers, "stored": len(found)}.items():
    page.record(f"n.{key}", count)

# %% tags=["remove-output"]
named = {"random": "random weights", "tokens": "token vectors", "whole": encoder.info().name, "readout": "linear read-out",
         "taught": "taught ratings", "shuffled": "taught shuffled ratings"}  # fmt: skip
fits = table.set_index("name")[["r2", "r2_chosen"]]
for key, name in named.items():
    page.record(f"rsa.{key}", rated["rsa"].estimate[name], rated["rsa"].interval(name))
    page.record(f"agreement.{key}", chosen.estimate[name], chosen.interval(name))
    for measure in fits:
        page.record(f"{measure}.{key}", fits.loc[name, measure])
for measure in ("rsa", "agreement"):
    page.record(f"best.{measure}", table[:n_layers].set_index("name")[measure].idxmax())

# %%
from humanlike.analysis.two_tests import with_ranges

heads = ["Model", "RSA", "RSA, 95 %", "Mean ρ", "Triplets", "Triplets, 95 %", "R²", "R², tail chosen"]
page.table(
    with_ranges(table).set_axis(heads, axis="columns"), formats={"RSA": ".3f", "Mean ρ": ".3f", "Triplets": ".3f", "R²": ".3f", "R², tail chosen": ".3f"},
    caption="Both tests. RSA and mean ρ per dimension: ratings beside people's, intervals over words. Triplets: share judged as people's space does, "
    "intervals over concepts; guessing has 0.5. R²: Procrustes, of a space fitted to the judgements by Paper B's loss, and with the tail of the loss that predicts the judge's own held-out answers best",
)  # fmt: skip

# %%
from humanlike.plots.two_tests import both_tests

noises = (0.0, 0.5, 1.0, 2.0, 4.0)
known = takers.simulated(tests, noises, 2, seed)
page.figure(
    both_tests(table, known), "fig-agreement-both",
    caption="Result in one test against result in the other. Left: with simulated observers (dots) who rate and judge as people do, with noise that is "
    "independent in the two tests. Right: the models alone; numbers are layers, 0 the vectors of the tokens. Lines are 95 % intervals over words (across) "
    "and over concepts (upwards); dashed: no relation to people.",
    alt="Two scatter plots of triplet agreement against RSA of ratings. " + ", ".join(
        f"{r.name}: RSA {r.rsa:.2f}, triplets {r.agreement:.2f}" for r in table.itertuples()) + ". Simulated observers fill the whole square.",
)  # fmt: skip

# %% [markdown]
# Before any training on ratings {value}`model` has an RSA of {value}`rsa.whole` {interval}`rsa.whole` in the first test and judges {value}`agreement.whole`
# {interval}`agreement.whole` of the triplets as people's space does, where guessing gets 0.5 ({numref}`fig-agreement-both`). Random weights get {value}`rsa.random`
# {interval}`rsa.random` and {value}`agreement.random` {interval}`agreement.random`. Of the encoder's own states, *{value}`best.rsa`* is best in the ratings and *{value}`best.agreement`* in the triplets.
#
# (sec-agreement-taught)=
# ## Does learning ratings make the triplets more human?
#
# Paper A leaves open whether fine-tuning on ratings changed what GPT-4o-mini knows of things or how it fills in a questionnaire. A second test, in another
# format and without a scale, is a way to find out. For an encoder that can be trained it is at hand.

# %% tags=["remove-output"]
decided, open_ = (triplet_scores(judges, tests, n_boot, seed, decided=which) for which in (True, False))
measures = {"rsa": rated["rsa"], "agreement": chosen, "decided": decided, "open": open_}
for who in ("taught", "shuffled"):
    for key, scores in measures.items():
        gain, low, high = scores.gain(named[who], named["whole"])
        page.record(f"gain.{who}.{key}", gain, (low, high))
    for key in fits:
        page.record(f"gain.{who}.{key}", fits.loc[named[who], key] - fits.loc[named["whole"], key])
gain, low, high = chosen.gain(named["taught"], named["shuffled"])
page.record("gain.over_shuffled.agreement", gain, (low, high))

# %% tags=["remove-output"]
from humanlike.analysis.two_tests import by_category, way

gains = [chosen.estimate[one.name] - chosen.estimate[named["whole"]] for one in judges if one.kind == "taught"]
page.record("draws.gain.least", min(gains))
page.record("draws.gain.most", max(gains))
page.record("decided", by_category(tests.asked, tests.target.categories).mean())
gain, low, high = chosen.gain(named["taught"], named["whole"])
for key in fits:
    page.record(f"r2_says.{key}", way(fits.loc[named["taught"], key] - fits.loc[named["whole"], key], gain))
page.record("verdict", "more like people's" if low > 0 else "less like people's" if high < 0 else "neither more nor less like people's, as far as these concepts can tell")

# %% [markdown]
# | Change from {value}`model` | after ratings | after shuffled ratings |
# |---|---|---|
# | RSA of ratings | {value}`gain.taught.rsa` {interval}`gain.taught.rsa` | {value}`gain.shuffled.rsa` {interval}`gain.shuffled.rsa` |
# | triplets judged as people's space does | {value}`gain.taught.agreement` {interval}`gain.taught.agreement` | {value}`gain.shuffled.agreement` {interval}`gain.shuffled.agreement` |
# | … where the categories decide | {value}`gain.taught.decided` {interval}`gain.taught.decided` | {value}`gain.shuffled.decided` {interval}`gain.shuffled.decided` |
# | … where they leave it open | {value}`gain.taught.open` {interval}`gain.taught.open` | {value}`gain.shuffled.open` {interval}`gain.shuffled.open` |
# | Procrustes R², Paper B's loss | {value}`gain.taught.r2` | {value}`gain.shuffled.r2` |
# | Procrustes R², tail chosen | {value}`gain.taught.r2_chosen` | {value}`gain.shuffled.r2_chosen` |
#
# Learning people's ratings made the triplet judgements **{value}`verdict`**: {value}`gain.taught.agreement` {interval}`gain.taught.agreement`. Over the draws of the
# training the change lies between {value}`draws.gain.least` and {value}`draws.gain.most`. Training on the same numbers dealt to other words changed them by {value}`gain.shuffled.agreement`
# {interval}`gain.shuffled.agreement`. The two pupils differ by {value}`gain.over_shuffled.agreement` {interval}`gain.over_shuffled.agreement`: that is what the content of the
# ratings did, apart from training as such.
#
# Paper B's own score, the R² of a fitted space, points {value}`r2_says.r2`: {value}`gain.taught.r2`. That score is no count of human answers: it falls for a judge who has few doubts, however human the
# judge is ({ref}`sec-alignment-rise`), and what was learned can make a judge more decided. With the tail of the loss chosen by how well it predicts the judge's own held-out
# answers, as in {doc}`/notebooks/alignment`, R² points {value}`r2_says.r2_chosen`: {value}`gain.taught.r2_chosen`. The share of triplets needs no fit, and is what the rest of this chapter uses.
#
# Categories alone decide {value}`decided` of the triplets, those where exactly one of the options is of the anchor's category. A gain there may mean no more than that foods have
# moved together, which ratings of taste would bring about. Where categories leave the choice open the change is {value}`gain.taught.open` {interval}`gain.taught.open`.
#
# The linear read-out is the other half of the answer. It rates much better than the encoder it reads ({value}`rsa.readout` {interval}`rsa.readout`), although nothing in that
# encoder moved; judging triplets by these ratings alone gives {value}`agreement.readout` {interval}`agreement.readout`. A model can thus pass the first test and have
# changed in nothing that the second could see. (This is one encoder; what it says of GPT-4o-mini is a guess until somebody trains a model of that size with both tests.)
#
# (sec-agreement-rank)=
# ## Do the tests rank models alike?

# %% tags=["remove-output"]
from humanlike.stats import spearman
from humanlike.stats.exact import rank_test

for key, part in (("all", table[~table["name"].str.contains(", ")]), ("layers", table[1:n_layers])):
    tested = rank_test(part["rsa"], part["agreement"], n_perm=max(n_perm, 10_000), seed=seed)
    fisher = spearman(part["rsa"], part["agreement"])
    page.record(f"tests.{key}.rho", tested.rho, (fisher.low, fisher.high))
    for name in ("p", "p_least", "n"):
        page.record(f"tests.{key}.{name}", getattr(tested, name))

# %% tags=["remove-output"]
ends = {"low": known[known["rating_noise"] == noises[-1]], "high": known[known["rating_noise"] == 0]}
for end, rows in ends.items():
    page.record(f"simulated.{end}.rsa", rows["rsa"].iloc[0])
    page.record(f"simulated.{end}.agreement", known["agreement"].min() if end == "low" else known["agreement"].max())

# %% [markdown]
# Over the {value}`tests.all.n` models (the first draw of each training) the two results go together with ρ = {value}`tests.all.rho` {interval}`tests.all.rho`, *p* = {value}`tests.all.p`; over
# the encoder's {value}`tests.layers.n` own states, from its token vectors to the whole, with ρ = {value}`tests.layers.rho` {interval}`tests.layers.rho`, exact *p* = {value}`tests.layers.p`
# (the smallest that {value}`tests.layers.n` models can give is {value}`tests.layers.p_least`). Neither the interval nor *p* should be taken at their word: all these models descend
# from one network, each layer works on the one before, and a test for independent models is too sure of itself here. What can be said is that going up this network
# the two results go together, and that nothing forces them to. Simulated observers show that: with noise of its own in each test, they fill the square between
# ({value}`simulated.low.rsa`, {value}`simulated.low.agreement`) and ({value}`simulated.high.rsa`, {value}`simulated.high.agreement`), its corners included: perfect in one test and nearly lost in the other. Whether models at large lie on the
# diagonal is open. Every model that is asked both tests adds a point; so far the store of this build adds {value}`n.stored`:
#
# ```console
# $ humanlike query ratings hf:NAME
# $ humanlike query triplets hf:NAME
# $ humanlike build --only agreement
# ```
#
# (sec-agreement-holds)=
# ## What one test holds of the other, for people
#
# For people both kinds of data exist. Of the THINGS concepts {value}`n.named` have a name that people rated; after leaving out names that several concepts share there are
# {value}`things.n`. How much of their triplet geometry is in the eleven ratings?

# %% tags=["remove-output"]
from humanlike.analysis import two_geometries as geometry
from humanlike.analysis.rated_things import Geometry

placed, space_dims = geometry.predicted_space(things, seed)
back, rated_dims = geometry.predicted_ratings(things, seed)
names = [str(name) for name in things.words.index]
shapes = {"ratings": Geometry.of_ratings(things.words), "predicted": Geometry.of_space(placed),
          "encoder": Geometry.of_space(encoder.embed(names)), "other": Geometry.of_space(things.other)}  # fmt: skip
near = geometry.geometry_scores(things, shapes, max(20, n_boot // 4), seed)
picked = geometry.triplet_choices(things, shapes, n_triplets, n_boot, seed)

# %% tags=["remove-output"]
page.record("things.n", len(things.words))
for key in shapes:
    page.record(f"geometry.{key}", near.estimate[key], near.interval(key))
for key, name in {**{key: key for key in shapes}, "one": "one answer"}.items():
    page.record(f"choices.{key}", picked.estimate[name], picked.interval(name))
page.record("half.ratings.agreement", picked.estimate["ratings"], picked.interval("ratings"))
page.record("explained.ratings", geometry.explained_share(space_dims))
page.record("explained.other", geometry.explained_share(space_dims, "other_r2"))

# %% tags=["remove-output"]
from humanlike.stats import rsa_bootstrap
from humanlike.stats.ceiling import rsa_noise_ceiling

halves = rsa_bootstrap(things.words, {"triplets": back}, max(20, n_boot // 4), seed, self_pairs=False, n_jobs=-1)
page.record("half.triplets.rsa", halves.rho["triplets"], halves.interval("triplets"))
ceiling = rsa_noise_ceiling(things.words, things.errors, 10, seed)
page.record("ceiling.raters", ceiling.raters)
page.record("ceiling.perfect", ceiling.perfect)

# %%
from humanlike.analysis.two_tests import score_rows
from humanlike.plots.two_tests import rows_of

spelled = {"other": "the other human embedding", "one answer": "one answer of a person", "predicted": "space predicted from ratings",
           "ratings": "nearest ratings", "encoder": encoder.info().name}  # fmt: skip
titles = ("Distances: ρ with people's space", "Triplets: share as people's space")
panels = {title: score_rows(scores, spelled) for title, scores in zip(titles, (near, picked), strict=True)}
page.figure(
    rows_of(panels, {titles[1]: (0.5, "guessing")}), "fig-agreement-people",
    caption=f"{len(things.words):,} THINGS concepts with rated names, beside people's triplet space. Left: agreement of all distances; right: share of triplets. "
    "The predicted space is that of concepts which the regression had not seen. 95 % intervals over concepts.",
    alt="Dot charts with intervals. Share of triplets: " + ", ".join(f"{r.label} {r.estimate:.2f}" for r in panels[titles[1]].itertuples()) + ".",
)  # fmt: skip

# %% [markdown]
# An observer who knows **people's ratings and nothing else** would be perfect in Paper A's test. In triplets it chooses as people's space does in {value}`half.ratings.agreement`
# {interval}`half.ratings.agreement` of cases; with a weight for each rating, learned from other concepts, in {value}`choices.predicted` {interval}`choices.predicted`. A single
# answer of a person agrees with people's space in {value}`choices.one`, the space made from an earlier set of answers in {value}`choices.other` ({numref}`fig-agreement-people`). The other way round, an observer
# who knows **people's triplet space and nothing else** and predicts ratings from it has an RSA of {value}`half.triplets.rsa` {interval}`half.triplets.rsa`. Rater noise is not what keeps the
# tests apart: two groups of raters would agree with each other at {value}`ceiling.raters`, and ratings without error with the observed ones at {value}`ceiling.perfect`.
#
# Ratings explain {value}`explained.ratings` of the variance of the triplet space in concepts they were not fitted to; the other human embedding explains {value}`explained.other`. Which part is that?

# %%
from humanlike.plots.two_tests import explained

ordered = space_dims.sort_values("r2", ascending=False)
page.figure(
    explained(space_dims, rated_dims, 12), "fig-agreement-dimensions",
    caption="How much of each test's dimensions the other test explains, for concepts the regression had not seen. Left: dimensions of people's triplet space, the twelve best and the "
    "twelve worst; ticks: explained by the other human embedding, which is what can be expected. Right: rated dimensions; ticks: share that is not rater noise.",
    alt="Two bar charts of R². Best: " + ", ".join(f"{r.dimension} {r.r2:.2f}" for r in ordered.head(4).itertuples()) + "; worst: "
    + ", ".join(f"{r.dimension} {r.r2:.2f}" for r in ordered.tail(4).itertuples()) + ". Rated: "
    + ", ".join(f"{r.dimension} {r.r2:.2f}" for r in rated_dims.itertuples()) + ".",
)  # fmt: skip

# %%
page.table(
    ordered[["dimension", "r2", "other_r2", "share"]].set_axis(["Dimension", "R² from ratings", "R² from the other embedding", "Share of variance"], axis="columns"),
    formats={"R² from ratings": ".3f", "R² from the other embedding": ".3f", "Share of variance": ".1%"}, search=True,
    caption="Every dimension of people's triplet space, and how well the eleven ratings predict it in unseen concepts",
)  # fmt: skip

# %% tags=["remove-output"]
without = space_dims[space_dims["r2"] < least]
page.record("dims.none", len(without))
page.record("dims.all", len(space_dims))
page.record("dims.lost", int((without["other_r2"] > 0.25).sum()))
for place, row in enumerate(ordered.head(3).itertuples(), start=1):
    page.record(f"dims.top.{place}", row.dimension)
    page.record(f"dims.top_r2.{place}", row.r2)
backwards = rated_dims.set_index("dimension")
for end, name in (("best", backwards["r2"].idxmax()), ("worst", backwards["r2"].idxmin())):
    page.record(f"rated.{end}", name)
    page.record(f"rated_r2.{end}", backwards.loc[name, "r2"])
page.record("rated_reliable.worst", backwards.loc[backwards["r2"].idxmin(), "reliable"])
page.record("rated_all_above", bool((backwards["r2"] > 0).all()))

# %% [markdown]
# Best predicted are *{value}`dims.top.1`* ({value}`dims.top_r2.1`), *{value}`dims.top.2`* ({value}`dims.top_r2.2`) and *{value}`dims.top.3`* ({value}`dims.top_r2.3`). {value}`dims.none` of the
# {value}`dims.all` dimensions have next to no counterpart in the ratings ({numref}`fig-agreement-dimensions`), mostly colours, shapes and patterns. Ratings say through which sense a thing is known, not
# *what* that sense finds: *red* and *round* are both seen. {value}`dims.lost` of these dimensions are found in the other embedding as well, so they are no noise. In the other direction {value}`rated.best` is read
# off the triplet space best ({value}`rated_r2.best`) and {value}`rated.worst` worst ({value}`rated_r2.worst`, where {value}`rated_reliable.worst` is not rater noise).
#
# (sec-agreement-gpt)=
# ## GPT-4o-mini against people's triplets
#
# Paper A compares GPT-4o-mini's ratings with the very kind of data it was fine-tuned on. Triplets are a second, independent human measure of the same things: does the geometry of the ratings come nearer to *that*?
# {value}`things.few` of the things are among the words that people and all versions of the model rated.

# %% tags=["remove-output"]
from humanlike.analysis.pupils import pupil
from humanlike.analysis.rated_things import rating_tables
from humanlike.data.norms import load_ratings

answers = rating_tables(things, load_ratings("English", missing="simulate"))
few = things.only(list(answers["human"].index))
few_names = [str(name) for name in few.words.index]
student = pupil(encoder, lesson, "taught")
shapes = {who: Geometry.of_ratings(frame) for who, frame in answers.items()}
shapes |= {"encoder": Geometry.of_space(encoder.embed(few_names)), "taught": Geometry.of_space(student.embed(few_names))}
small = geometry.geometry_scores(few, shapes, n_boot, seed)
laid = geometry.space_scores(few, shapes, n_perm, seed)

# %% tags=["remove-output"]
page.record("things.few", len(few_names))
for who in shapes:
    page.record(f"few.{who}", small.estimate[who], small.interval(who))
pairs = {who: (who, "base") for who in ("qa_ft", "nl_ft", "en_ft", "human")}
pairs |= {"en_ft_human": ("en_ft", "human"), "taught": ("taught", "encoder")}
for key, (one, other) in pairs.items():
    gain, low, high = small.gain(one, other)
    page.record(f"few.gain.{key}", gain, (low, high))
page.record("few.more_human", small.gain("en_ft", "base")[1] > 0)
fit = laid.set_index("name")
for who in ("human", "base", "en_ft"):
    page.record(f"few.r2.{who}", fit.loc[who, "r2"])
page.record("few.chance", fit.loc["human", "chance"])

# %%
from humanlike.plots.style import MODEL_LABELS

who_is = {"human": "people's ratings", **{m: f"GPT-4o-mini, {MODEL_LABELS[m]}" for m in ("base", "qa_ft", "nl_ft", "en_ft")},
          "encoder": encoder.info().name, "taught": f"{encoder.info().name}, taught ratings"}  # fmt: skip
rows = score_rows(small, who_is)
label = "Spearman's ρ of distances with people's triplet space"
page.figure(
    rows_of({label: rows}, {}), "fig-agreement-gpt",
    caption=f"Geometry of ratings (and, for {encoder.info().name}, of its embedding) beside people's triplet geometry; {len(few_names)} things that all rated, 95 % intervals over them.",
    alt="Dot chart with intervals: " + ", ".join(f"{r.label} {r.estimate:.2f}" for r in rows.itertuples()) + ".",
)  # fmt: skip

# %%
page.table(
    laid.assign(name=laid["name"].map(who_is)).set_axis(["Space", "Procrustes R²", "Chance", "p", "CKA, debiased", "p of the RSA"], axis="columns"),
    formats={"Procrustes R²": ".3f", "Chance": ".3f", "p": ".3f", "CKA, debiased": ".3f", "p of the RSA": ".3f"},
    caption="The same by other measures. Chance: mean R² with the concepts shuffled; it grows with the number of dimensions, so spaces of eleven ratings and of hundreds of dimensions cannot be compared by R²",
)  # fmt: skip

# %% [markdown]
# Before fine-tuning the geometry of GPT-4o-mini's ratings agrees with people's triplets at {value}`few.base` {interval}`few.base`, after fine-tuning on English ratings at {value}`few.en_ft` {interval}`few.en_ft`: a
# change of {value}`few.gain.en_ft` {interval}`few.gain.en_ft`. Dutch ratings changed it by {value}`few.gain.nl_ft` {interval}`few.gain.nl_ft`, questions by {value}`few.gain.qa_ft`
# {interval}`few.gain.qa_ft` ({numref}`fig-agreement-gpt`). People's own ratings reach {value}`few.human` {interval}`few.human`; the fine-tuned model differs from them by {value}`few.gain.en_ft_human`
# {interval}`few.gain.en_ft_human`. By a measure that took no part in the training, the gain that Paper A reports is thus more than agreement with one questionnaire. It remains a statement about *answers*: a read-out would show the same, and the model behind them cannot be opened. For the encoder, whose inside can be looked at, the
# embedding itself changed by {value}`few.gain.taught` {interval}`few.gain.taught`.
#
# (sec-agreement-categories)=
# ## Is it the categories?
#
# Both geometries put foods with foods. Of Paper B's concepts {value}`category.n.concepts` have ratings and a category, which allows to look within ({value}`category.n.within` pairs) and
# between categories ({value}`category.n.between`).

# %% tags=["remove-output"]
kinds = dict(zip(concepts, tests.target.categories, strict=True))
both_names = [str(name) for name in both.words.index]
shapes = {"human": Geometry.of_ratings(both.words), "encoder": Geometry.of_space(encoder.embed(both_names)),
          "taught": Geometry.of_space(student.embed(both_names))}  # fmt: skip
inside = geometry.within_categories(both, shapes, kinds)
page.record("category.n.concepts", len(both_names))
for row in inside.itertuples():
    for key in ("all", "within", "between", "partial"):
        page.record(f"category.{key}.{row.name}", getattr(row, key))
for key in ("within", "between"):
    page.record(f"category.n.{key}", int(inside[f"n_{key}"].iloc[0]))

# %% [markdown]
# | ρ with people's triplet distances | all pairs | within categories | between | category held fixed |
# |---|---|---|---|---|
# | people's ratings | {value}`category.all.human` | {value}`category.within.human` | {value}`category.between.human` | {value}`category.partial.human` |
# | {value}`model` | {value}`category.all.encoder` | {value}`category.within.encoder` | {value}`category.between.encoder` | {value}`category.partial.encoder` |
# | {value}`model`, taught ratings | {value}`category.all.taught` | {value}`category.within.taught` | {value}`category.between.taught` | {value}`category.partial.taught` |
#
# Holding fixed whether two concepts are of one category leaves {value}`category.partial.human` of {value}`category.all.human` for people's ratings. (Paper B's *other* is no category here.)
# Teaching ratings changed the encoder's agreement from {value}`category.between.encoder` to {value}`category.between.taught` between categories and from {value}`category.within.encoder` to
# {value}`category.within.taught` within them, where people's ratings themselves have {value}`category.within.human`. With so few concepts these numbers are rough.
#
# ## What was found
#
# - No published model has both results. Of those made here, the whole of {value}`model` is at {value}`rsa.whole` and {value}`agreement.whole`; learning {value}`n.taught` words' ratings moved it to
#   {value}`rsa.taught` and {value}`agreement.taught`.
# - Learning ratings made triplet judgements {value}`verdict` ({value}`gain.taught.agreement` {interval}`gain.taught.agreement`); shuffled ratings changed them by {value}`gain.shuffled.agreement`
#   {interval}`gain.shuffled.agreement`.
# - By Paper B's R² the same change points {value}`r2_says.r2` ({value}`gain.taught.r2`), with the tail of its loss chosen {value}`r2_says.r2_chosen` ({value}`gain.taught.r2_chosen`).
# - The tests measure different things: people's ratings, perfect in one, choose as people's triplets do in {value}`half.ratings.agreement` of cases in the other, and explain {value}`explained.ratings` of their space.
#   Colours, shapes and patterns are most of what they lack.
# - Fine-tuning on ratings brought GPT-4o-mini's answers nearer to people's triplet geometry, by {value}`few.gain.en_ft` {interval}`few.gain.en_ft`; people's own ratings are nearer than its base by
#   {value}`few.gain.human` {interval}`few.gain.human`.
# - How the tests rank models at large is open: models of the reader's own in this build: {value}`n.stored`; a handful from one network cannot tell.
