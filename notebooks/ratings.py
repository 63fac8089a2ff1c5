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
# # Asking for a rating
#
# **Question.** What exactly were the models asked, what did they answer, and is the number that went into the
# analysis the number they answered? And what does a single number hide of what the model might have said?
#
# In Paper A {cite:p}`wu2026` every rating is one request: one word, one {term}`dimension <dimension (of a rating)>`, one prompt, answered at
# temperature 0. The authors released the responses of the interface themselves, with the five likeliest alternatives of every token. So
# each number can be followed back to the answer it came from, and beside the answer stands a part of the distribution it was
# taken from.

# %% tags=["parameters"]
models: list[str] = ["base", "qa_ft", "nl_ft", "en_ft"]  # versions compared, in {"base", "qa_ft", "nl_ft", "en_ft"}
languages: list[str] = ["English", "Dutch"]  # languages of the words, in {"English", "Dutch"}
elsewhere: float = 0.5  # decimals assumed where the responses report none, in [0, 1]
n_boot: int = 200  # resamples of the words for the comparison of structures, ten times as many for single correlations, in [20, 1000000]
asked_model: str = "encoder:"  # a model to be asked here and now, by its spec; answers already in the store are used
seed: int = 1  # seed of all draws, in [0, 4294967295]

# %% tags=["remove-output"]
import pandas as pd

from humanlike.analysis.expected import DIGITS, answer_table, load_expected_ratings
from humanlike.analysis.prompts import as_printed, describe_prompts, only_language_differs
from humanlike.analysis.trace import trace_ratings, trace_summary
from humanlike.book.record import begin
from humanlike.data.norms import DIMENSIONS, MODELS, load_ratings
from humanlike.data.prompts import load_prompts
from humanlike.plots.style import MODEL_LABELS

page = begin("ratings")
prompts = load_prompts(missing="simulate")
answers = answer_table(missing="simulate")

# %% [markdown]
# (sec-ratings-prompts)=
# ## What was asked
#
# The prompts are experimental material, so here they are exactly as released. A blank at the end is
# shown as ␣, a line break as ↵.

# %%
marked = prompts["template"].str.replace(" $", "␣", regex=True).str.replace("\n", " ↵ ")
full = prompts.assign(template=marked)
page.table(
    full[["task", "language", "dimension", "template"]].set_axis(["Task", "Language", "Dimension", "Prompt"], axis="columns"),
    caption="All released prompts, word for word; the names in braces are replaced by the word or the question",
    filters=["Task", "Language"], search=True,
)  # fmt: skip

# %%
described = describe_prompts(prompts)
one_word = answers[(answers["model"] == "base") & (answers["index"] == 0)]
tokens = one_word.set_index(["language", "dimension"])["prompt_tokens"]
shown = described.assign(tokens=[tokens.get((r.language, r.dimension), 0) for r in described.itertuples()])
page.table(
    shown[["language", "dimension", "experience", "blank", "tokens"]]
    .set_axis(["Language", "Dimension", "Experience asked for", "Blank at the end", "Tokens"], axis="columns"),
    caption="What differs between the rating prompts, and the number of tokens the interface counted for the first word",
    filters=["Language"],
)  # fmt: skip

# %% tags=["remove-output"]
printed = as_printed(prompts)
for task, same in printed.items():
    page.record(f"as_printed.{task}", same)
for language, rows in described.groupby("language"):
    page.record(f"n_templates.{language}", len(rows))
    page.record(f"n_blank.{language}", int(rows["blank"].sum()))
    page.record(f"identical.{language}", rows["rest"].nunique() == 1)
page.record("only_language", only_language_differs(described))
page.record("tokens.foot", int(tokens["English", "Foot"]))
page.record("tokens.hand", int(tokens["English", "Hand"]))

# %% [markdown]
# The prompt on vision and that of the quiz are those the paper prints, but for quotation marks and line breaks. Two things
# the paper does not say show in the files.
#
# - **A blank at the end.** {value}`n_blank.English` of the {value}`n_templates.English` English templates and
#   {value}`n_blank.Dutch` of the {value}`n_templates.Dutch` Dutch ones end in a blank. It was sent: the prompt on *foot/leg*, without
#   it, counts {value}`tokens.foot` tokens where the one on *hand/arm*, with it, counts {value}`tokens.hand`. Whether it
#   changes an answer cannot be told, since no dimension was asked both ways.
# - **Another wording of touch.** The Dutch prompts are in English too; only the native speaker is to be Dutch. But touch is
#   *touching* for Dutch words and *feeling through touch* for English ones.
#
# (sec-ratings-trace)=
# ## From the response to the table
#
# Each response is read by a parser of our own. It takes one number from 0 to 5, with point or comma, and refuses everything
# else with a reason: no number, several, a range, off the scale. What it reads is set beside the file the authors parsed and beside the table they
# analysed. Responses do not contain their prompt; the word is known from the order of the requests, and
# that the numbers agree word by word shows that this order is right.

# %%
traced = trace_ratings(missing="simulate")
summary = trace_summary(traced)
heads = ["Language", "Model", "Asked", "In the table", "Equal", "Different", "Without answer", "Answer lost", "No number", "No response"]
page.table(
    summary.replace({"model": MODEL_LABELS}).set_axis(heads, axis="columns"),
    caption="Every rating of the analysis tables beside the response that produced it",
    formats=dict.fromkeys(heads[2:], ","),
)  # fmt: skip

# %%
failed = traced[traced["failure"] != ""].fillna({"text": "–"})
page.table(
    failed[["language", "model", "dimension", "word", "failure", "text"]].replace({"model": MODEL_LABELS})
    .set_axis(["Language", "Model", "Dimension", "Word", "Reason", "Answer"], axis="columns"),
    caption="All requests that gave no rating",
)  # fmt: skip

# %% tags=["remove-output"]
totals = summary.sum(numeric_only=True)
page.record("n_responses", len(answers))
for key in ("equal", "different", "invented", "lost", "no_number", "no_response"):
    page.record(f"n_{key}", int(totals[key]))
page.record("n_missing", int(totals["asked"] - totals["published"]))
page.record("n_parsed_differs", int((traced["parsed"].fillna(-1) != traced["value"].fillna(-1)).sum()))
page.record("n_repeated", int(answers.duplicated(["language", "model", "dimension", "word"]).sum()))
ids = answers.groupby("model")["model_id"].unique()
tuned = {name for model in ("en_ft", "nl_ft", "qa_ft") for name in ids[model]}
page.record("base_model", ", ".join(ids["base"]))
page.record("n_tuned", sum(name.startswith(f"ft:{ids['base'][0]}:") for name in tuned))
page.record("n_serving.base", answers.loc[answers["model"] == "base", "fingerprint"].nunique())
page.record("n_serving.tuned", answers.loc[answers["model"] != "base", "fingerprint"].nunique())

# %% [markdown]
# Of {value}`n_responses` responses, {value}`n_equal` are in the tables unchanged, {value}`n_different` are changed.
# {value}`n_no_number` answers hold no number: asked about the word *name*, the base model asks back for the concept. For
# {value}`n_no_response` request (*autocratic*, foot) there is no response at all. These {value}`n_missing` gaps are the only ones; the two words are
# left out wherever all ratings are needed.
#
# (sec-ratings-values)=
# ## Which numbers the models use

# %%
from humanlike.plots.ratings import value_spikes

table = load_ratings("English", missing="simulate")
sources = ["human", *[m for m in MODELS if m in models]]
values = {who: table[who].dropna().to_numpy() for who in sources}
used = {who: len(pd.unique(ratings.round(2))) for who, ratings in values.items()}
page.figure(
    value_spikes(values),
    "fig-ratings-values",
    caption="How often each value is given to English words, all dimensions together. Human ratings are means over raters, "
    "rounded to two decimals. Every panel has its own height.",
    alt="Spike plots of ratings from 0 to 5. Number of different values: "
    + ", ".join(f"{MODEL_LABELS[who]} {number}" for who, number in used.items()) + ".",
)  # fmt: skip

# %% tags=["remove-output"]
from humanlike.data.norms import DUTCH
from humanlike.data.splits import load_splits

given = answers[answers["value"].notna()]
for model, rows in given.groupby("model"):
    page.record(f"n_values.{model}", rows["value"].nunique())
    page.record(f"top_value.{model}", rows["value"].mode()[0])
    page.record(f"whole.{model}", 100 * (rows["value"] % 1 == 0).mean())
    page.record(f"one_short.{model}", 100 * (rows["value"] % 1).round(2).isin([0.94, 0.95]).mean())
train = load_splits("earlier", missing="simulate").query("part == 'train'")
for key, columns in (("English", list(DIMENSIONS)), ("Dutch", list(DUTCH.values()))):
    targets = pd.Series(train[columns].to_numpy().ravel())
    page.record(f"training_whole.{key}", 100 * (targets.round(2) % 1 == 0).mean())
    page.record(f"training_one_short.{key}", 100 * (targets % 1).round(2).isin([0.94, 0.95]).mean())
page.record("n_not_likeliest", int((~answers["likeliest"]).sum()))

# %% [markdown]
# The base model and QA_FT answer in whole numbers. The two models tuned on ratings give decimals, as in
# their training examples, but only {value}`n_values.en_ft` (En_FT) and {value}`n_values.nl_ft` (Nl_FT) different ones
# ({numref}`fig-ratings-values`). Their favourites tell where they come from. A mean of 18 raters is a number of eighteenths, so 3.94 is 71/18: all but one
# rater's worth of 4. Answers that end in .94 or .95 are {value}`one_short.en_ft` % of En_FT's, but
# only {value}`training_one_short.English` % of its training examples; whole numbers are {value}`whole.en_ft` %, in training
# {value}`training_whole.English` %. Each is the *likeliest* ending after its leading digit, and temperature 0 takes
# nothing else. So greedy answers exaggerate what is frequent in training, and the decimals carry less information than they seem to.
#
# Answers with a token that was not the likeliest one: {value}`n_not_likeliest`. That is how temperature 0 should look. The base
# model's responses name {value}`n_serving.base` versions of the serving system, those of the tuned models
# {value}`n_serving.tuned`: the service changed while it was asked, and nothing was asked twice to see whether that matters.
#
# (sec-ratings-expected)=
# ## What the model might have answered
#
# If $p_k$ is the probability that the answer begins with the digit $k$, and $f_k$ the mean of the decimals that would follow, the
# **{term}`expected rating`** is
#
# $$ E = \frac{\sum_{k=0}^{5} p_k \, (k + f_k)}{\sum_{k=0}^{5} p_k}, $$
#
# at most 5 (used as a score for instance by {cite:t}`liu2023`). For answers in whole numbers $f_k = 0$ and all is reported. For decimals the
# responses report only what could follow the digit that *was* given, five alternatives of it; after the other digits we assume `elsewhere`,
# half a point, and show below that this matters little.

# %%
mass = answers.groupby(["language", "model"], sort=False)[["on_scale", "off_scale", "covered", "answer", "entropy"]].mean().reset_index()
mass["model"] = mass["model"].map(MODEL_LABELS)
page.table(
    mass.set_axis(["Language", "Model", "On the scale", "Off the scale", "Known exactly", "Given answer", "Entropy, bits"], axis="columns"),
    caption="Mean probability that an answer begins with 0 to 5; of other reported beginnings; of complete answers whose value is known to the last "
    "decimal; of the answer given; entropy of the leading digit",
    formats={"On the scale": ".4f", "Off the scale": ".5f", "Known exactly": ".3f", "Given answer": ".3f", "Entropy, bits": ".2f"},
)  # fmt: skip

# %% tags=["remove-output"]
import numpy as np

for (language, model), rows in answers.groupby(["language", "model"]):
    key = f"{language}.{model}"
    page.record(f"on_scale.{key}", 100 * rows["on_scale"].mean())
    page.record(f"covered.{key}", 100 * rows["covered"].mean())
    page.record(f"answer.{key}", 100 * rows["answer"].mean())
    page.record(f"entropy.{key}", rows["entropy"].mean())
    others = rows[DIGITS].where(~np.eye(6, dtype=bool)[rows["decided"].clip(0)])
    page.record(f"rival.{key}", 100 * (others.max(axis=1) > rows["answer"]).mean())
    page.record(f"far.{key}", 100 * ((rows["expected"] - rows["value"]).abs() > 0.5).mean())
    page.record(f"unsure.{key}", 100 * (rows[DIGITS].max(axis=1) < 0.5).mean())

# %% tags=["remove-output"]
quiz = answers[answers["model"] == "qa_ft"]
page.record("letters_listed", 100 * (quiz["letters"] > 0).mean())
page.record("letters_mass", 100 * quiz["letters"].mean())
page.record("letters_max", 100 * quiz["letters"].max())
page.record("off_scale_majority", int((answers["off_scale"] > 0.5).sum()))

# %% [markdown]
# Nearly all probability is on the scale. After the quiz, in whose training every answer was a letter, {value}`letters_listed` % of QA_FT's
# answers have a letter from A to D among their alternatives, but with {value}`letters_mass` % of the probability on average and
# {value}`letters_max` % at most. The quiz left hardly a trace in the *form* of its answers. More than half of the probability is off the
# scale in {value}`off_scale_majority` responses, those about *name*.
#
# The answer that was given is rarely all there is. It has a mean probability of {value}`answer.English.base` % in the base model, and
# of {value}`answer.English.en_ft` % in En_FT, which spreads its decimals widely; the leading digit has less than
# one half in {value}`unsure.English.base` % of the base model's answers and in {value}`unsure.English.en_ft` % of En_FT's. In
# {value}`rival.English.en_ft` % of En_FT's answers another leading digit is, as a whole, likelier than the very number that was given. The expected
# rating is more than half a point away from the answer in {value}`far.English.base` % (base) and
# {value}`far.English.en_ft` % (En_FT) of all answers. Of En_FT's
# probability only {value}`covered.English.en_ft` % is on complete numbers that were reported, so its
# expected decimals are an estimate; its expected leading digit is not.
#
# (sec-ratings-agreement)=
# ## Does the expected rating agree better with people?

# %% tags=["remove-output"]
from humanlike.analysis.agreement import by_dimension, who_was_asked
from humanlike.plots.ratings import agreement_dumbbells

greedy = {language: load_ratings(language, missing="simulate") for language in languages}
mean = {language: load_expected_ratings(language, elsewhere=elsewhere, missing="simulate") for language in languages}
asked = who_was_asked(greedy, models)
agreement = {language: by_dimension(greedy[language], mean[language], names) for language, names in asked.items()}

# %%
page.figure(
    agreement_dumbbells(agreement),
    "fig-ratings-agreement",
    caption="Spearman's ρ between models and people, for the answers (squares) and for the expected ratings (circles).",
    alt="Dot plots of Spearman's rho per dimension. Mean over dimensions, answer then expected rating: " + "; ".join(
        f"{language} {MODEL_LABELS[m]} {g['greedy'].mean():.2f}, {g['expected'].mean():.2f}"
        for language, t in agreement.items() for m, g in t.groupby("model", sort=False)) + ".",
)  # fmt: skip

# %% tags=["remove-output"]
for language, rows in agreement.items():
    for model, part in rows.groupby("model"):
        key = f"{language}.{model}"
        page.record(f"rho_answer.{key}", part["greedy"].mean())
        page.record(f"rho_expected.{key}", part["expected"].mean())
        page.record(f"n_higher.{key}", int((part["expected"] > part["greedy"]).sum()))
        page.record(f"error_answer.{key}", part["error_greedy"].mean())
        page.record(f"error_expected.{key}", part["error_expected"].mean())
        page.record(f"apart.{key}", part["apart"].mean())

# %% [markdown]
# On English words the mean *ρ* over dimensions goes from {value}`rho_answer.English.base` to {value}`rho_expected.English.base` for the base
# model, from {value}`rho_answer.English.qa_ft` to {value}`rho_expected.English.qa_ft` for QA_FT, from
# {value}`rho_answer.English.nl_ft` to {value}`rho_expected.English.nl_ft` for Nl_FT and from {value}`rho_answer.English.en_ft` to
# {value}`rho_expected.English.en_ft` for En_FT ({numref}`fig-ratings-agreement`). It is higher in {value}`n_higher.English.base`,
# {value}`n_higher.English.qa_ft`, {value}`n_higher.English.nl_ft` and {value}`n_higher.English.en_ft` of the eleven
# dimensions. The mean error changes from {value}`error_answer.English.base` to {value}`error_expected.English.base` points for the base
# model and from {value}`error_answer.English.en_ft` to {value}`error_expected.English.en_ft` for En_FT.
#
# The same comparison for the *structure*, as in the next chapter: {term}`RSA` of both kinds of ratings with people, with
# intervals over words.

# %%
from humanlike.analysis.agreement import compare_structure

structure = {language: compare_structure(greedy[language], mean[language], names, n_boot, seed) for language, names in asked.items()}
rows = pd.concat([table.assign(language=language) for language, table in structure.items()])
heads = {"language": "Language", "model": "Model", "greedy": "Answers", "expected": "Expected", "gain": "Δρ", "low": "Low", "high": "High"}
page.table(
    rows[list(heads)].replace({"model": MODEL_LABELS}).rename(columns=heads),
    caption=f"Spearman's ρ between dissimilarity matrices of models and people, from answers and from expected ratings; 95 % intervals of the difference from {n_boot} resamples of words",
    formats=dict.fromkeys(["Answers", "Expected"], ".3f") | dict.fromkeys(["Δρ", "Low", "High"], "+.3f"),
)  # fmt: skip
for row in rows.itertuples():
    page.record(f"rsa_answer.{row.language}.{row.model}", row.greedy)
    page.record(f"rsa_expected.{row.language}.{row.model}", row.expected)
    page.record(f"rsa_gain.{row.language}.{row.model}", row.gain, (row.low, row.high))

# %% tags=["remove-output"]
for language, names in asked.items():
    ends = [load_expected_ratings(language, elsewhere=e, missing="simulate") for e in (0.0, 1.0)]
    shifted = [by_dimension(greedy[language], table, names).groupby("model")["expected"].mean() for table in ends]
    page.record(f"assumption.{language}", float((shifted[1] - shifted[0]).abs().max()))
if set(models) == set(MODELS) and "English" in asked:
    order = rows[rows["language"] == "English"].set_index("model")
    page.record("same_order", list(order["greedy"].sort_values().index) == list(order["expected"].sort_values().index))

# %% [markdown]
# In structure the base model gains {value}`rsa_gain.English.base` {interval}`rsa_gain.English.base`, QA_FT
# {value}`rsa_gain.English.qa_ft` {interval}`rsa_gain.English.qa_ft`, Nl_FT {value}`rsa_gain.English.nl_ft`
# {interval}`rsa_gain.English.nl_ft` and En_FT {value}`rsa_gain.English.en_ft` {interval}`rsa_gain.English.en_ft`. The order of
# the four models is the same: {value}`same_order`. If the unreported decimals are taken as 0 or as 1 instead of half a
# point, no model's mean *ρ* changes by more than {value}`assumption.English` (English) and {value}`assumption.Dutch` (Dutch).
#
# (sec-ratings-asked)=
# ## Asking a model now
#
# All answers so far were collected by others. The same questions can be put to any model; here to one that is small enough to run wherever this
# book is built. By default it is the sentence encoder all-MiniLM-L6-v2 {cite:p}`reimers2019,wang2020`. It reads no prompt and
# writes nothing. Its rating is read off its space: the cosine of the word with the prompt's phrase for the experience (*smelling*), from no
# likeness (0) to identity (5). So only the order of its ratings means anything, and it shows what mere association of words is worth.

# %% tags=["remove-output"]
from humanlike.analysis.agreement import asked_by_dimension
from humanlike.analysis.asked import ask_ratings

english = load_ratings("English", missing="simulate")
own = ask_ratings(asked_model, list(dict.fromkeys(english["word"])), missing="simulate")
beside = asked_by_dimension(own, english, 10 * n_boot, seed)

# %%
heads = {"dimension": "Dimension", "rho": "ρ with people", "low": "Low", "high": "High", "beside": "ρ of the base model", "gap": "Difference", "gap_low": "From", "gap_high": "To"}
page.table(
    beside[list(heads)].rename(columns=heads).replace("mean", "Mean of all"),
    caption=f"Spearman's ρ with people of {own.attrs['name']}, asked now, and of the base model, on the same {beside['n'].iloc[0]:,} words; "
    f"95 % intervals from {10 * n_boot:,} resamples of words",
    formats=dict.fromkeys([*heads.values()][1:5], ".3f") | dict.fromkeys([*heads.values()][5:], "+.3f"),
)  # fmt: skip

# %% tags=["remove-output"]
page.record("asked.model", own.attrs["name"])
page.record("asked.n", own.attrs["asked"])
page.record("asked.valid", 100 * own.attrs["valid_share"])
whole, single = beside.set_index("dimension").loc["mean"], beside[beside["dimension"] != "mean"].set_index("dimension")
page.record("asked.rho", whole["rho"], (whole["low"], whole["high"]))
page.record("asked.gap", whole["gap"], (whole["gap_low"], whole["gap_high"]))
page.record("asked.n_above", int((single["low"] > 0).sum()))
for key, name in (("best", single["rho"].idxmax()), ("worst", single["rho"].idxmin())):
    page.record(f"asked.{key}", name.lower())
    page.record(f"asked.rho.{key}", single.loc[name, "rho"], (single.loc[name, "low"], single.loc[name, "high"]))

# %% [markdown]
# {value}`asked.model` was put {value}`asked.n` questions, and {value}`asked.valid` % of the answers are valid. Its mean *ρ* with people is
# {value}`asked.rho` {interval}`asked.rho`, from {value}`asked.rho.worst` {interval}`asked.rho.worst` for {value}`asked.worst` to
# {value}`asked.rho.best` {interval}`asked.rho.best` for {value}`asked.best` experience; in {value}`asked.n_above` of the eleven dimensions the
# interval lies above zero. The difference to the base model's answers is {value}`asked.gap` {interval}`asked.gap`.
#
# ## What was found
#
# - The {claims}`ratings` claims of this section ({doc}`/book/ledger`): {verdicts}`ratings`.
# - All {value}`n_equal` published ratings are the numbers of the responses; {value}`n_missing` are missing, for two words.
# - The prompts are as printed, except for blanks at the end of some and another wording of touch in Dutch.
# - The rating models answer with {value}`n_values.en_ft` and {value}`n_values.nl_ft` different numbers, a handful of them favourites that come
#   from the arithmetic of averaging some eighteen raters.
# - One number hides much of what the models know: on English words the expected rating of Nl_FT agrees with people at
#   {value}`rsa_expected.English.nl_ft` in structure, its answers at {value}`rsa_answer.English.nl_ft`.
# - A small encoder, asked in this build, agrees with people at {value}`asked.rho` {interval}`asked.rho` by mere likeness of words;
#   the difference to the base model is {value}`asked.gap` {interval}`asked.gap`.
