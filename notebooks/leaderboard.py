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
# # The leaderboard
#
# **Question.** Which of the open models that Paper B {cite:p}`ingredients2025` tested organise everyday
# concepts most like people do, and what separates the upper end of its ranking from the lower one?
#
# **What was measured.** Each model answered about 35,000 questions of the form *which of these two is more
# like that one?* over {doc}`the 128 concepts </notebooks/concepts>` of the THINGS database {cite:p}`hebart2019`. From the answers a
# 30-dimensional space was fitted, rotated and scaled onto the space that explains people's judgements
# {cite:p}`hebart2020,hebart2023`. The score is the share of the human space's variance that is recovered,
# the Procrustes R²: 1 is a perfect match and 0 explains nothing.
#
# The authors printed the scores but released neither answers nor embeddings. This chapter therefore starts
# from the printed ranking, joined with facts about each model that were compiled for this book
# (sources in `data/ingredients/`). What such a score is worth cannot be read off a ranking. So observers whose agreement
# with people is known go through the same design first; and models that can be asked here are asked, and placed on the same scale, each
# with an interval.

# %% tags=["parameters"]
top: int = 20  # how many of the first models count as the top, in [1, 75]
family_size: int = 2  # smaller families share the row 'other' in the figure, in [1, 14]
n_boot: int = 10000  # resamples of the families, in [100, 1000000]
seed: int = 1  # seed of the resampling, in [0, 4294967295]
model: str = "encoder:"  # a model to be asked and placed, by its spec; others that are in the store are placed too
n_triplets: int = 35000  # questions of the design, in [5000, 1000000]
n_dims: int = 30  # dimensions of every fitted space, in [2, 100]
human_space: int = 66  # dimensions of the human space, in {66, 49}
n_replicates: int = 10  # times each observer of known agreement goes through the design, in [2, 1000]
n_refits: int = 200  # resamples of a model's judgements for its interval, in [20, 10000]
least_valid: float = 0.5  # share of valid answers below which a model is not placed, in [0, 1]
perplexity: float = 20.0  # neighbours that t-SNE keeps near, in [2, 42]

# %% tags=["remove-output"]
import pandas as pd

from humanlike.book.record import begin
from humanlike.data.published import load_leaderboard, load_suite
from humanlike.plots.leaderboard import by_family, ranked
from humanlike.stats.groups import cluster_bootstrap_difference, welch

page = begin("leaderboard")
board = load_leaderboard()

# %% [markdown]
# (sec-leaderboard-limits)=
# ## The scale
#
# Five observers answer {value}`n_triplets` questions each, {value}`n_replicates` times: at random; without doubt, but by similarities that have nothing to
# do with people's; by the concepts' categories alone; as the human space does, without error; and with the noise that the
# human space's own model finds in people. Their answers go through the design's fit
# ({doc}`/notebooks/embedding`). The table shows means; the brackets hold 95 % of single random observers. {doc}`/notebooks/alignment` tests the same
# observers and more with other draws, so its means differ in the third digit.

# %% tags=["remove-output"]
from humanlike.analysis.ceilings import Design, design_limits, load_minds

mind = load_minds(human_space, seed=seed, missing="simulate")
limits = design_limits(mind, n_replicates, seed, plan=Design(n_triplets, n_dims))

page.record("n_triplets", n_triplets)
page.record("n_replicates", n_replicates)
page.record("limit.random", limits.chance, (limits.chance_low, limits.chance_high))
for key in ("stranger", "categories", "perfect", "crowd"):
    page.record(f"limit.{key}", getattr(limits, key))
board["corrected"] = limits.corrected(board["r2"])

# %% [markdown]
# | Observer | R² |
# |---|---|
# | answers at random | {value}`limit.random` {interval}`limit.random` |
# | decided, but unrelated to people | {value}`limit.stranger` |
# | knows the categories only | {value}`limit.categories` |
# | the human space itself, without error | {value}`limit.perfect` |
# | the human space, as noisy as people | {value}`limit.crowd` |
#
# The scale has neither 0 nor 1 at its ends, and it is not straight. Random answers get {value}`limit.random`. Whoever decides firmly by
# something else gets less than that, and whoever decides firmly as people do gets less than somebody who does so with doubts. So R² is not agreement
# alone; {ref}`sec-alignment-rise` takes this apart. For orientation the table below adds a corrected score,
#
# $$ \frac{R^2 - R^2_{\text{random}}}{R^2_{\text{noisy human}} - R^2_{\text{random}}}, $$
#
# 0 for random answers and 1 for people's own answers. It is a change of units and straightens nothing: below 0 does not mean
# *worse than guessing*. Two models that differ by less than {value}`alignment/resolution` could change places if the same models were asked again.

# %% [markdown]
# ## All ranked models
#
# Sort a column by its heading; search for a name; choose a family or a kind of training.

# %%
shown = board.assign(training=board["instruction_tuned"].map({True: "tuned", False: "base"}))
columns = ["rank", "model", "r2", "corrected", "family", "training", "post_training_stage", "n_params_billion"]
names = ["Rank", "Model", "R²", "Corrected", "Family", "Training", "Stage", "Size (10⁹)"]
page.table(
    shown[columns].set_axis(names, axis="columns"),
    caption="Procrustes R² of every ranked model, as printed, and on the scale from random answers (0) to people's own (1)",
    formats={"R²": ".3f", "Corrected": ".2f", "Size (10⁹)": ".3g"}, search=True, filters=["Family", "Training"],
)  # fmt: skip

# %% tags=["remove-output"]
best, worst = board.iloc[0], board.iloc[-1]
page.record("n_models", len(board))
page.record("n_families", board["family"].nunique())
for key, row in (("best", best), ("worst", worst)):
    page.record(f"r2.{key}", row["r2"])
    page.record(f"model.{key}", row["model"])
page.record("r2.median", board["r2"].median())

# %% [markdown]
# The ranking holds {value}`n_models` models of {value}`n_families` families. It runs from
# {value}`r2.best` ({value}`model.best`) to {value}`r2.worst` ({value}`model.worst`), with a median of
# {value}`r2.median`. Nobody comes near 1, but 1 cannot be reached: {value}`alignment/scores.over_perfect` scores are above that of an observer
# who answers without any error as people do. At the other end {value}`alignment/scores.within` lie within what random observers get, and
# {value}`alignment/scores.below` below it.
#
# (sec-leaderboard-asked)=
# ## Models asked here
#
# The same questions can be put to any model, and what is asked is kept. By default the sentence encoder
# all-MiniLM-L6-v2 {cite:p}`reimers2019,wang2020` is asked when the book is built: it takes the option whose name is nearer to the anchor's in its space. Every other
# language model with answers in the store of whoever builds the book joins the table by itself. Only models with valid answers to at least
# `least_valid` of the design's questions get a place; for others the table says why not, and shows no number. R² is the mean over {value}`n_starts` starts of the fit. The interval comes from new fits to resampled judgements, moved so that
# their mean is the estimate: a resample holds some judgements twice and others never, which shifts R² as a whole.

# %% tags=["remove-output"]
from humanlike.analysis.asked import ask_triplets
from humanlike.analysis.placing import Rules, labelled, load_target, place, placed_table
from humanlike.analysis.stored import stored_triplets

target = load_target(human_space, missing="simulate")
rules = Rules(n_triplets, n_dims, least_valid, n_refits)
own = ask_triplets(model, n_triplets, concepts=target.concepts)
others = stored_triplets(target.concepts, without=[own.attrs["model"]], most=n_triplets)
placed = [place(table, target, rules, seed=seed) for table in (own, *others)]

# %%
shown = placed_table(placed, limits, board["r2"])
heads = ["Model", "Asked", "Valid", "R²", "95 % of refits", "Rank", "Corrected", "Held-out", "Why no place"]
page.table(
    shown.set_axis(heads, axis="columns"),
    caption=f"Models in the store of this build; {n_refits:,} refits to resampled judgements. Rank: among the ranked models. "
    "Held-out: share of held-out judgements that the fitted space predicts",
    formats={"Asked": ",", "Valid": ".1%", "R²": ".3f", "Corrected": ".2f", "Held-out": ".3f"},
)  # fmt: skip

# %% tags=["remove-output"]
asked, standing = placed[0], [one for one in placed if one.has_place]
page.record("n_starts", rules.n_starts)
page.record("n_stored", len(placed))
page.record("n_placed", len(standing))
page.record("asked.name", asked.name)
page.record("asked.n", asked.asked)
page.record("asked.valid", 100 * asked.valid / asked.asked)
page.record("asked.placed", asked.has_place)
page.record("asked.verdict", f"no place, {asked.reason}" if asked.reason else "enough for a place")
if asked.has_place:
    page.record("asked.r2", asked.r2, (asked.low, asked.high))
    page.record("asked.corrected", limits.corrected(asked.r2), tuple(limits.corrected(x) for x in (asked.low, asked.high)))
    page.record("asked.rank", int(shown["rank"][0]))
    page.record("asked.accuracy", asked.accuracy)
    page.record("asked.n_below", int(((board["r2"] < asked.r2) & (board["n_params_billion"] > 1)).sum()))

# %%
named = {name: (one.r2, one.low, one.high) for name, one in labelled(standing).items()}
marks = {"random": (limits.chance_low, limits.chance_high), "categories": (limits.categories,) * 2,
         "perfect": (limits.perfect,) * 2, "noisy human": (limits.crowd,) * 2}  # fmt: skip
page.figure(
    ranked(board, top, marks, named),
    "fig-leaderboard-ranked",
    caption="R² of every ranked model. Filled bars are models with any post-training (instruction tuning, "
    "SFT, DPO, RLVR), hatched bars are base models. The dashed line ends the top. Dotted lines are observers of known agreement, the "
    "grey band holds 95 % of random ones. Green marks are models asked here, with 95 % of their refits.",
    alt=f"Bar chart of R² against rank for {len(board)} models, falling from {best['r2']:.3f} to "
    f"{worst['r2']:.3f}. Of the first {top} models {int(board['instruction_tuned'].head(top).sum())} are "
    "tuned; base models fill most of the lower half. "
    + "".join(f"Asked here: {name} at {r2:.3f} [{low:.3f}, {high:.3f}]. " for name, (r2, low, high) in named.items())
    + f"Random answers reach {limits.chance:.3f}, noiseless human answers {limits.perfect:.3f}.",
)

# %% [markdown]
# Models in the store: {value}`n_stored`; with a place: {value}`n_placed`. {value}`asked.name` gave valid answers to {value}`asked.valid` % of
# {value}`asked.n` questions: {value}`asked.verdict`. Its R² is {value}`asked.r2` {interval}`asked.r2`, {value}`asked.corrected` {interval}`asked.corrected` on the corrected
# scale, rank {value}`asked.rank` if it stood in the paper's list; its space predicts {value}`asked.accuracy` of the judgements that were held out. Ranked models of more than
# a billion parameters that stand below it: {value}`asked.n_below`.

# %% [markdown]
# ## Tuned and base models
#
# Models that were trained further, on instructions or preferences, stand higher on average. Two intervals
# go with the difference. Welch's treats every model as an independent draw. They are not: sizes and stages of one
# family share data and recipe. So the second interval draws whole families, with replacement.

# %%
tuned = board["instruction_tuned"].to_numpy()
test = welch(board["r2"][tuned], board["r2"][~tuned])
by_families = cluster_bootstrap_difference(board["r2"], tuned, list(board["family"]), n_boot, seed)
print(f"difference {test.difference:.3f} [{test.low:.3f}, {test.high:.3f}], "
      f"t({test.df:.1f}) = {test.t:.2f}, p = {test.p:.1e}, d = {test.d:.2f}")  # fmt: skip
print(f"families resampled [{by_families[0]:.3f}, {by_families[1]:.3f}]")

# %% tags=["remove-output"]
page.record("difference", test.difference, interval=(test.low, test.high))
page.record("difference.family", test.difference, interval=by_families)
for key, number in (("welch.t", test.t), ("welch.df", test.df), ("welch.p", test.p)):
    page.record(key, number)
page.record("cohens_d", test.d)
page.record("tuned_is_better", test.difference > 0 and test.p < 0.05)
for key, group in (("tuned", tuned), ("base", ~tuned)):
    page.record(f"n.{key}", int(group.sum()))
    page.record(f"mean.{key}", board["r2"][group].mean())
page.record("top.tuned", int(tuned[:top].sum()))
page.record("top20.tuned", int(tuned[:20].sum()))

# %%
page.figure(
    by_family(board, family_size),
    "fig-leaderboard-families",
    caption="R² by family: circles are base models, diamonds are tuned ones. Families are ordered by "
    "their best model; those with few models share a row.",
    alt=f"Dot chart of R² in one row per family. In most families the tuned models lie to the right of "
    f"the base models; mean R² is {board['r2'][tuned].mean():.2f} for tuned and "
    f"{board['r2'][~tuned].mean():.2f} for base models.",
)

# %% [markdown]
# The {value}`n.tuned` tuned models average {value}`mean.tuned`, the {value}`n.base` base models
# {value}`mean.base`: a difference of {value}`difference` {interval}`difference`, Welch
# *t*({value}`welch.df:.1f`) = {value}`welch.t`, Cohen's *d* = {value}`cohens_d`. Drawing families instead
# of models gives {interval}`difference.family`. Of the first 20 models {value}`top20.tuned` are tuned
# ({numref}`fig-leaderboard-ranked`, {numref}`fig-leaderboard-families`). The comparison is between
# models that also differ in size, age and data; which of these carries it is the question of {doc}`/notebooks/ingredients`.

# %% [markdown]
# (sec-leaderboard-maps)=
# ## Maps
#
# The paper shows a map of the concepts for every model, drawn by t-SNE {cite:p}`maaten2008`. The maps are pictures: without the embeddings they can be neither drawn again nor
# measured. So here are the maps of people and of the models that were asked. The first view is always the same. Every space is laid onto the human one
# and seen along the human space's two widest axes.

# %%
from humanlike.plots.maps import concept_maps
from humanlike.stats.maps import common_view, tsne_view

drawn = labelled(standing[:5])
spaces = {name: one.space for name, one in drawn.items()}
views = common_view(target.human, spaces)
page.figure(
    concept_maps({"people" if name == "human" else name: view for name, view in views.items()}, target.categories, "Widest two axes of the human space, same scale", shared=True),
    "fig-leaderboard-view",
    caption="The 128 concepts in the human space and in the spaces of models asked here, turned and scaled onto the human one, seen from the same side. Colours and markers are the paper's categories.",
    alt="Scatter plots of concepts by category, one panel for people and one for each model. With people animals, food and made things lie apart; "
    "in the spaces of models the same regions can be made out, with more overlap.",
)

# %% [markdown]
# The second view is t-SNE, as in the paper. It keeps neighbours together and pays for that with everything else: the distance of two groups, and the room each takes,
# mean nothing, and another seed draws another map.

# %%
page.figure(
    concept_maps({name: tsne_view(space, seed=seed, perplexity=perplexity) for name, space in {"people": target.human, **spaces}.items()}, target.categories, "t-SNE, each panel on its own", shared=False),
    "fig-leaderboard-tsne",
    caption=f"The same spaces by t-SNE with perplexity {perplexity:g} and seed {seed}. Panels cannot be compared in size or orientation.",
    alt="t-SNE maps of the concepts, one panel for people and one for each model; concepts of a category form clumps in the human map and looser ones in those of the models.",
)

# %% [markdown]
# (sec-leaderboard-categories)=
# ## Do categories hold together?
#
# The paper says of its maps that tuning draws concepts of a category together and pushes categories apart. That can be measured in the space itself, without a map. The
# *silhouette* {cite:p}`rousseeuw1987` of a concept compares its mean distance *a* to its own category with that to the nearest other one, *b*: $(b - a)/\max(a, b)$. It is near 1 where
# categories are apart and below 0 where concepts are nearer to strangers. Concepts that the paper calls *other* are left out, being no kind of thing.

# %%
from humanlike.analysis.placing import people_in_design
from humanlike.plots.maps import structure_dots

people = target.structure(target.human, n_perm=1000, seed=seed)
fitted = target.structure(people_in_design(mind, rules, seed=seed), n_perm=1000, seed=seed)
structures = {"people": people, "people, through the design": fitted} | {name: one.structure for name, one in drawn.items()}
dots = pd.DataFrame({name: {**found.by_category, "all": found.silhouette} for name, found in structures.items()})
page.figure(
    structure_dots(dots),
    "fig-leaderboard-categories",
    caption="Mean silhouette of each category, and of all concepts: in the human space, in the space that the design fits to people's own noisy answers, and in those of models asked here.",
    alt="Dot plot of silhouettes by category. All concepts: " + ", ".join(f"{name} {value:.2f}" for name, value in dots.loc["all"].items()) + ".",
)

# %% tags=["remove-output"]
for key, found in {"people": people, "fitted": fitted, "asked": asked.structure}.items():
    if found is not None:
        interval = {"asked": (asked.silhouette_low, asked.silhouette_high)}.get(key)
        page.record(f"silhouette.{key}", found.silhouette, interval)
        page.record(f"within.{key}", found.ratio)
        page.record(f"silhouette.p.{key}", found.p)

# %% [markdown]
# In the human space the mean silhouette is {value}`silhouette.people`, and concepts of a category are {value}`within.people` times as far from each other as those of different ones.
# The design does not copy that: the space it fits to people's own answers has {value}`silhouette.fitted` and {value}`within.fitted`, and this is what models are to be compared with. In the
# space of {value}`asked.name` it is {value}`silhouette.asked` {interval}`silhouette.asked` and {value}`within.asked`. Shuffled categories reach such
# silhouettes with *p* = {value}`silhouette.p.people` (people), {value}`silhouette.p.fitted` (through the design)
# and {value}`silhouette.p.asked` (model; {numref}`fig-leaderboard-categories`).
#
# Whether tuning changes this can be told as soon as a base model and its tuned version are asked, `humanlike query triplets MODEL` with each. Of the paper's models no
# embedding is at hand, so its statement is **not testable** here.
#
# (sec-leaderboard-counts)=
# ## Do the paper's tables agree with each other?
#
# Before relying on printed numbers one can ask whether they agree among themselves.

# %% tags=["remove-output"]
suite = load_suite()
size = board.set_index("model")["n_params_billion"]
page.record("n_suite_rows", len(suite))
page.record("n_listed", int(board["model"].isin(suite["ranked_model"]).sum()))
page.record("n_not_transformers", int((board["architecture"] == "ssm").sum()))
for key, name in (("smallest", size.idxmin()), ("largest", size.idxmax())):
    page.record(f"size.{key}", size[name])
    page.record(f"size.model.{key}", name)

# %% [markdown]
# The text counts 77 models, *over 77* and *75+*; {value}`n_models` are ranked. The table that
# describes the suite has {value}`n_suite_rows` rows and covers {value}`n_listed` of the ranked models.
# The sizes are said to start at 100 million parameters; {value}`size.model.smallest` has
# {value}`size.smallest` billion. All are called transformers, but {value}`n_not_transformers` of them are
# state-space models.
#
# The table of post-training stages is looked up row by row in {ref}`sec-stages-rows`, the table of models cell by cell in
# {ref}`sec-ingredients-printed`.
#
# ## What was found
#
# - The ranking runs from {value}`r2.worst` to {value}`r2.best`; {value}`top20.tuned` of the first 20
#   models are tuned.
# - On the scale these numbers stand on random answers get {value}`limit.random`, people's own, with their noise, {value}`limit.crowd`, and the human space
#   without error {value}`limit.perfect`.
# - Asked here, {value}`asked.name` stands at {value}`asked.r2` {interval}`asked.r2`. The mean silhouette of its categories is {value}`silhouette.asked`,
#   that of people's {value}`silhouette.people`.
# - Tuned models are ahead by {value}`difference` on average; the interval excludes zero also when whole families
#   are resampled ({interval}`difference.family`).
# - Counts and sizes contradict other parts of the paper. The ledger lists each.
# - Without answers or embeddings no single R² can be recomputed from the released material, none comes
#   with an interval, and nothing can be said about the maps and their categories.
