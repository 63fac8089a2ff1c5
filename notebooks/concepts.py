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
# # Concepts and the human space
#
# **Question.** Paper B {cite:p}`ingredients2025` measures how human-like a model is on 128 concepts and against one space of human
# similarity judgements. Which concepts are these, which space is it, and how many dimensions does it have?
#
# **The human side.** THINGS {cite:p}`hebart2019` is a list of 1,854 objects with pictures. People were shown three of
# the pictures and named the odd one out. From millions of such answers SPoSE {cite:p}`hebart2020,hebart2023` gives each object
# non-negative loadings on a few dimensions that can be named, such as *food-related* or *metallic*. Two such embeddings were released:
# 49 dimensions from 1.46 million answers, and 66 from 4.7 million.

# %% tags=["parameters"]
human_space: str = "66"  # which human embedding is shown, by its number of dimensions, in {"66", "49"}
senses: str = "definition"  # what decides where a concept's definition and category name different objects, in {"definition", "category"}
share: float = 0.95  # share of the variance that the dimensions are to hold, in [0.5, 0.999]
n_choices: int = 1000  # random choices of as many objects, for comparison, in [100, 100000]
seed: int = 1  # seed of the random choices, in [0, 4294967295]

# %% tags=["remove-output"]
from humanlike.book.record import begin
from humanlike.data.concepts import load_concept_ids, load_concept_space
from humanlike.data.things import load_spose

page = begin("concepts")
concepts = load_concept_ids(senses, missing="simulate")
space = load_concept_space(int(human_space), senses, missing="simulate")
everything = load_spose(int(human_space), missing="simulate")
names, categories = concepts["concept"].tolist(), concepts["category"].tolist()
if not concepts.attrs["real"]:
    categories = (["animal", "food", "other", "vehicle"] * len(names))[: len(names)]

# %% [markdown]
# ## The 128 concepts
#
# The paper prints each with a category and a definition. The words do not decide which object of THINGS is meant: five
# of them name two or three. There the definition decides, and the object is joined to the embedding by its id, never by its place in
# a file: `words.csv` and the embedding list the same objects in different orders.

# %%
listed = concepts.assign(remark=concepts["mismatch"].replace("loose", "loose fit"))
columns = {"concept": "Concept", "category": "Category", "unique_id": "THINGS id", "n_objects": "Objects of that name",
           "remark": "Definition and category", "definition": "Definition"}  # fmt: skip
page.table(
    listed[list(columns)].set_axis(list(columns.values()), axis="columns"),
    caption="The concepts as printed, with the THINGS object each one is", search=True, filters=["Category"],
)  # fmt: skip

# %% tags=["remove-output"]
page.record("n_concepts", concepts["unique_id"].nunique())
page.record("n_categories", concepts["category"].nunique())
sizes = concepts["category"].value_counts()
for key in ("other", "food", "plant"):
    page.record(f"n.{key}", int(sizes[key]))
page.record("n_homographs", int((concepts["n_objects"] > 1).sum()))
for key in ("contradiction", "loose"):
    page.record(f"n.{key}", int((concepts["mismatch"] == key).sum()))
page.record("examples_listed", {"lion", "banjo", "car"} <= set(names))
page.record("examples_missing", ", ".join(sorted({"lion", "banjo", "car"} - set(names))) or "none")

# %% [markdown]
# There are {value}`n_concepts` concepts in {value}`n_categories` categories, the largest of which, with {value}`n.other` concepts, is
# *other*; {value}`n.food` are food and {value}`n.plant` are plants. Of the three examples that the text gives, one is not on
# the list: {value}`examples_missing`.
#
# The text says that criteria and validation of the selection are described with the list. The appendix holds the list only, so whether
# familiarity, artificiality, animacy and size were balanced cannot be checked from the paper.
#
# (sec-concepts-misfits)=
# ### Definitions that do not fit
#
# For {value}`n.contradiction` concepts nothing can be both as defined and of the printed category, for {value}`n.loose` more the thing
# defined is only near it: a part of a vehicle, a living sea urchin among the food. This is our reading of the list; the human space offers
# a check. It was made from pictures, and similarity is taken here as the task takes it: how often two things are kept together when a
# third one is to be named the odd one out ({math}`1/3` if nobody could tell).

# %%
from humanlike.analysis.concepts import placement
from humanlike.stats.pair_similarity import pair_similarity

similarity = pair_similarity(space)
placed = placement(similarity, categories, names)
table = concepts.assign(**placed.reset_index(drop=True))
table = table[table["mismatch"] != ""].sort_values(["mismatch", "own"])
columns = ["concept", "category", "note", "own", "best_category", "best", "nearest"]
headings = ["Concept", "Printed category", "Definition", "Similarity to it", "Most similar category", "Similarity", "Nearest concept"]
page.table(
    table[columns].set_axis(headings, axis="columns"), formats={"Similarity to it": ".2f", "Similarity": ".2f"},
    caption="Concepts whose definition does not fit their category, and where people's judgements put them",
)  # fmt: skip

# %% tags=["remove-output"]
fits = (placed["best_category"] == categories).to_numpy()
page.record("fits.all", float(fits.mean()))
page.record("fits.mismatch", int(fits[(concepts["mismatch"] != "").to_numpy()].sum()))
page.record("n.mismatch", int((concepts["mismatch"] != "").sum()))
for name in ("mouse", "honeypot", "beanbag"):
    page.record(f"nearest.{name}", placed.loc[name, "nearest"])
    page.record(f"best_category.{name}", placed.loc[name, "best_category"])

# %% [markdown]
# Three kinds of error look alike in the list and differ in what they do:
#
# - **mouse** is printed as an animal and defined as the device. THINGS has both. By definition it is the device, whose nearest
#   concept is *{value}`nearest.mouse`*. A model is asked about the bare word and cannot know which is meant; the paper does not say
#   with which of the two it compared.
# - **honeypot** is defined as a shrub, and so it stands in THINGS itself, where a definition was looked up for every word. The
#   picture shows a pot: people put it near *{value}`nearest.honeypot`*, in the category {value}`best_category.honeypot`.
# - **beanbag** is defined as a small bag to throw and judged as the thing to sit on, near *{value}`nearest.beanbag`*.
#
# Of the {value}`n.mismatch` listed, people's judgements side with the printed category for {value}`fits.mismatch`. Over all concepts the
# most similar category is the printed one for {value}`fits.all`.
#
# ## How similar are they?

# %%
from humanlike.analysis.concepts import by_category
from humanlike.plots.concepts import similarity_map

groups = by_category(similarity, categories)
page.figure(
    similarity_map(similarity, categories),
    "fig-concepts-similarity",
    caption=f"Similarity of the concepts in the human space of {human_space} dimensions: how often two are kept together when a third of "
    "the concepts is to be named the odd one out. Ordered by printed category (number of concepts) and, within it, by similarity.",
    alt="Matrix of similarities with bright blocks along the diagonal, one per category. Mean similarity within and to the rest: " + "; ".join(
        f"{name} {row['within']:.2f} and {row['between']:.2f}" for name, row in groups.iterrows()) + ".",
)  # fmt: skip

# %% tags=["remove-output"]
import numpy as np

same = np.equal.outer(categories, categories)
page.record("similarity.within", float(similarity[same & ~np.eye(len(names), dtype=bool)].mean()))
page.record("similarity.between", float(similarity[~same].mean()))
page.record("nearest_same", float(placed["nearest_same"].mean()))
for which, at in (("most", groups["within"].idxmax()), ("least", groups["within"].idxmin())):
    page.record(f"category.{which}", at)
    page.record(f"within.{which}", groups.loc[at, "within"])

# %% [markdown]
# Categories stand out ({numref}`fig-concepts-similarity`): the similarity within them is {value}`similarity.within` on average, between
# them {value}`similarity.between`, and for {value}`nearest_same` of the concepts the nearest neighbour is of the same category. The
# category that holds together most is {value}`category.most` ({value}`within.most`), the least is {value}`category.least`
# ({value}`within.least`). A model that knows no more than the categories therefore already answers many triplets as people do; what that
# is worth in R² is computed in {ref}`sec-alignment-limits`. (There and in
# {doc}`/notebooks/embedding` observers compare by cosine; here similarity depends on all third concepts.)
#
# ### A map to walk about in
#
# Choose a concept by name, from its neighbours or by clicking; choose any two axes; hide categories. The principal axes show the most
# variance that two directions can, but little of all: neighbours that look close may differ elsewhere.

# %%
import pandas as pd

from humanlike.plots.concepts import concept_map, concept_map_widget
from humanlike.stats.ordinal import principal_axes
from humanlike.stats.spectrum import variance_shares

parts = variance_shares(space)[:4]
titles = [f"Principal axis {n + 1} ({100 * part:.0f} % of the variance)" for n, part in enumerate(parts)]
principal = pd.DataFrame(principal_axes(space.to_numpy())[:, :4], index=space.index, columns=titles)
# %%
shown = concepts.assign(category=categories)
page.html(
    concept_map_widget(shown, principal.join(space), 4, similarity, "mouse", "The map needs JavaScript; the figure below shows it on two axes."),
    text="Map of the concepts on any two axes, with neighbours and dimensions of the one chosen.",
)  # fmt: skip

# %%
page.figure(
    concept_map(principal.to_numpy()[:, :2], names, categories, titles[:2]),
    "fig-concepts-map",
    caption="The concepts on the first two principal axes of the human space. Names are written where they fit.",
    alt="Scatter of the concepts on two principal axes. Most extreme across: "
    + ", ".join(principal[titles[0]].nlargest(3).index) + " on one side, " + ", ".join(principal[titles[0]].nsmallest(3).index)
    + " on the other. Most extreme upwards: " + ", ".join(principal[titles[1]].nlargest(3).index) + "; downwards: "
    + ", ".join(principal[titles[1]].nsmallest(3).index) + ".",
)  # fmt: skip

# %% tags=["remove-output"]
page.record("share.two_axes", parts[:2].sum())

# %% [markdown]
# Two axes hold {value}`share.two_axes` of the variance ({numref}`fig-concepts-map`).
#
# ## What the dimensions are
#
# The 66 dimensions were named by people who looked at the objects with the largest loadings. *Share* is the part of the concepts' variance
# that lies on a dimension. The 49 dimensions come without names here; the second table pairs each with the most correlated one of the 66.

# %%
from humanlike.analysis.concepts import dimension_table, twins

described = dimension_table(space, everything)
headings = ["Dimension", "Concepts with the largest loading", "Mean loading, concepts", "Mean loading, all objects", "Share"]
page.table(
    described.set_axis(headings, axis="columns"), search=True,
    formats={headings[2]: ".3f", headings[3]: ".3f", "Share": ".1%"},
    caption=f"The {human_space} dimensions of the human space, as the concepts load on them",
)  # fmt: skip
paired = twins(load_spose(66, missing="simulate"), load_spose(49, missing="simulate"))
page.table(
    paired.set_axis(["Dimension of the 49", "Most correlated of the 66", "r"], axis="columns"), formats={"r": ".2f"},
    caption="Dimensions of the older embedding and their twins in the newer one, over all 1,854 objects",
)  # fmt: skip

# %% tags=["remove-output"]
page.record("twins.close", int((paired["r"] > 0.8).sum()))
page.record("top_dimension", described.loc[described["share"].idxmax(), "dimension"])
page.record("top_share", described["share"].max())

# %% [markdown]
# The dimension with the largest part of the variance is *{value}`top_dimension`* ({value}`top_share`). {value}`twins.close` of the 49 older
# dimensions have a twin with *r* above 0.8 among the 66: the two embeddings are relatives, not copies.
#
# (sec-concepts-dimensions)=
# ## How many dimensions hold 95 % of the variance?
#
# The paper fits 30 dimensions to every model because that many explain over 95 % of the variance of the human embedding; its appendix says
# 29. The text names the embedding from 4.7 million judgements, which is the one with 66 dimensions. Neither the items nor centring
# are stated. So here are all readings.

# %%
from humanlike.analysis.concepts import readings

found = readings(share, senses, missing="simulate")
printed = found.drop(columns="held").assign(
    items=found["items"].map({"all": "all 1,854", "128": "the 128"}), centred=found["centred"].map({True: "yes", False: "no"}))  # fmt: skip
page.table(
    printed.set_axis(["Dimensions", "Items", "Centred", f"Axes for {100 * share:g} %", "Share of 29", "Share of 30"], axis="columns"),
    formats={"Share of 29": ".2%", "Share of 30": ".2%"},
    caption=f"Principal axes needed to hold {100 * share:g} % of the human embedding's variance",
)  # fmt: skip

# %%
from humanlike.plots.concepts import variance_curves

page.figure(
    variance_curves(found, share),
    "fig-concepts-variance",
    caption=f"Share of the variance that the first principal axes hold. Marks: where {100 * share:g} % is reached; the orange band: 29 to 30 axes. "
    "Without centring it is a share of the sum of squares.",
    alt="Rising curves of the share of variance for eight readings. Axes needed: " + "; ".join(
        f"{row.dims} dimensions, {'all' if row.items == 'all' else '128'} items, {'' if row.centred else 'not '}centred: {row.needed}"
        for row in found.itertuples()) + ".",
)  # fmt: skip

# %% tags=["remove-output"]
from humanlike.analysis.concepts import needed_by_choice

for row in found.itertuples():
    key = f"{row.dims}.{row.items}.{'centred' if row.centred else 'raw'}"
    page.record(f"needed.{key}", row.needed)
    page.record(f"share30.{key}", row.share_30)
page.record("n_readings", len(found))
page.record("readings_29_30", int(found["needed"].isin([29, 30]).sum()))
choices = {dims: needed_by_choice(dims, share, missing="simulate") for dims in (49, 66)}
for dims, counts in choices.items():
    page.record(f"choices.{dims}.fewest", min(counts))
    page.record(f"choices.{dims}.most", max(counts))
page.record("n_choices_of_senses", len(choices[49]))

# %% [markdown]
# {value}`readings_29_30` of {value}`n_readings` readings gives 29 or 30: the **49** dimensions of 2020, on the 128 concepts, centred, need
# {value}`needed.49.128.centred`, and 30 hold {value}`share30.49.128.centred:.2%` ({numref}`fig-concepts-variance`). Which object is
# taken for each of the five ambiguous words moves this between {value}`choices.49.fewest` and {value}`choices.49.most`, over all
# {value}`n_choices_of_senses` combinations: exactly the two numbers that the paper prints. With the 66 dimensions that the text describes it is
# {value}`choices.66.fewest` to {value}`choices.66.most`, and 30 hold {value}`share30.66.128.centred:.1%`. So the number of dimensions was very
# likely taken from the older embedding.
#
# A number of principal axes that hold a share of a variance is no number of dimensions that matter: it depends on which items are looked at
# ({value}`needed.49.all.centred` axes for all 1,854), and a choice of dimension can be made on judgements held out. That is done in
# {ref}`sec-embedding-dimensions`.
#
# (sec-concepts-coverage)=
# ## Do the 128 stand for the 1,854?
#
# The paper calls its choice representative of the whole of THINGS. One can compare it with random choices of 128 objects: by the mean
# loading on each dimension, and by the number of dimensions that are needed.

# %%
from humanlike.analysis.concepts import coverage
from humanlike.plots.concepts import coverage_plot

cover = coverage(everything, concepts["unique_id"].tolist(), share, n_choices, seed)
outside = cover.dimensions[cover.dimensions["outside"]]
far = ((outside["mean"] - outside["everything"]) / (outside["high"] - outside["low"])).sort_values()
more, less = far.index[far > 0][::-1], far.index[far < 0]
page.figure(
    coverage_plot(cover),
    "fig-concepts-coverage",
    caption=f"Mean loading of the 128 concepts on the {len(outside)} of {len(cover.dimensions)} dimensions where it lies outside the band "
    "that holds 95 % of random choices of 128 objects.",
    alt=f"Dot chart of the {len(outside)} dimensions outside the band, of {len(cover.dimensions)}. Above it: {', '.join(map(str, more)) or 'none'}. "
    f"Below it: {', '.join(map(str, less)) or 'none'}.",
)

# %% tags=["remove-output"]
page.record("outside", len(outside))
page.record("outside.expected", 0.05 * len(cover.dimensions))
page.record("n_dims", len(cover.dimensions))
page.record("like_random.p", cover.p)
page.record("like_random", cover.p >= 0.05)
for key, ends in (("more_of", more), ("less_of", less)):
    page.record(key, ", ".join(map(str, ends[:3])) or "none")
page.record("random_needed.median", float(np.median(cover.random_needed)))
for which, count in (("fewest", cover.random_needed.min()), ("most", cover.random_needed.max())):
    page.record(f"random_needed.{which}", int(count))
page.record("own_needed", cover.needed)
page.record("fewer_than", float((cover.random_needed > cover.needed).mean()))

# %% [markdown]
# On {value}`outside` of {value}`n_dims` dimensions the mean lies outside what 95 % of random choices give
# ({numref}`fig-concepts-coverage`); {value}`outside.expected` would by chance. Over all dimensions the choice lies farther from the whole than
# chance takes it, *p* = {value}`like_random.p`. Most over-represented are {value}`more_of`; most under-represented
# {value}`less_of`. The choice is also of lower dimension: {value}`own_needed` axes, where random choices need {value}`random_needed.fewest` to
# {value}`random_needed.most` (more than the concepts in {value}`fewer_than` of them). A choice need not be random to be good, but what is found
# on it holds first for the kinds of things it is rich in.
#
# ## What was found
#
# - The {value}`n_concepts` concepts can be joined to THINGS by id once {value}`n_homographs` homographs are resolved. An example of the
#   text, *{value}`examples_missing`*, is not among them. {value}`n.contradiction` definitions contradict the category printed beside
#   them, *mouse* most plainly.
# - Categories carry much of the human similarities: {value}`similarity.within` within, {value}`similarity.between` between.
# - That 29 or 30 dimensions hold 95 % of the variance is true of the 49-d embedding on the 128 concepts
#   ({value}`needed.49.128.centred`), not of the 66-d one that the text describes ({value}`needed.66.128.centred`).
# - The choice is no small image of THINGS: {value}`outside` of {value}`n_dims` dimensions are over- or under-represented.
