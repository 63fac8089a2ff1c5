"""Paper A computed once more, from the released files with public libraries only.

Nothing of the package is imported: files are read by pandas, statistics are those of scipy,
statsmodels and numpy. Values are named ``chapter/key`` like those the chapters record.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist
from scipy.stats import binomtest, chi2_contingency, norm, pearsonr, rankdata, spearmanr, ttest_rel
from statsmodels.stats.multitest import multipletests

Values = dict[str, Any]
Table = pd.DataFrame
SENSORY = ("Auditory", "Gustatory", "Haptic", "Interoceptive", "Olfactory", "Visual")
MOTOR = ("Foot", "Hand", "Head", "Mouth", "Torso")
ALL = (*SENSORY, *MOTOR)
DUTCH = dict(zip(SENSORY, ("Horen", "Proeven", "Voelen", "Sensaties", "Ruiken", "Zien"),
                 strict=True))  # fmt: skip
SETS = {"all": ALL, "sensory": SENSORY, "motor": MOTOR}
NEW, OLD = "wu2026/82cb67b", "wu2026/6967ebf"
SPLIT = "data/2_{}_sensorimotor_random_sample.xlsx"


class Release:
    """The released files of Paper A under one folder, each read once."""

    def __init__(self, mirror: Path) -> None:
        self.mirror = mirror
        self.excel: dict[str, Table] = {}
        self.en = self._ratings(
            "En", {name: name for name in ALL}, ("base", "QA_ft", "nl_ft", "en_ft")
        )
        self.nl = self._ratings("Nl", DUTCH, ("base", "nl_ft", "en_ft"))

    def sheet(self, path: str) -> Table:
        """Read a workbook."""
        if path not in self.excel:
            self.excel[path] = pd.read_excel(self.mirror / path, engine="openpyxl", na_values="nan",
                                             keep_default_na=False)  # fmt: skip
        return self.excel[path]

    def _ratings(
        self, code: str, names: dict[str, str], models: tuple[str, ...]
    ) -> dict[str, Table]:
        """Return one table (words, dimensions) per source."""
        raw = self.sheet(f"{NEW}/analysis/{code}_all_models_results.xlsx")
        column = {str(c).lower(): str(c) for c in raw.columns}
        human = {n: own.lower() + (".mean" if code == "En" else "") for n, own in names.items()}
        found = {"human": {n: raw[column[c]] for n, c in human.items()}}
        for model in models:
            found[model.lower()] = {
                n: raw[column[f"{own}_{model}".lower()]] for n, own in names.items()
            }
        return {who: Table(columns).apply(pd.to_numeric, errors="coerce").set_axis(raw["Word"])
                for who, columns in found.items()}  # fmt: skip

    def complete(self, tables: dict[str, Table]) -> dict[str, Table]:
        """Keep the words that everybody rated on every dimension."""
        keep = ~np.any([table.isna().any(axis=1) for table in tables.values()], axis=0)
        return {who: table[keep] for who, table in tables.items()}


def shape(table: Table) -> Any:
    """Return the cosine distances of all pairs of words, each dimension z-scored.

    Words with the same ratings have the same distances; without rounding the noise of
    floating-point numbers would rank them.
    """
    values = table.to_numpy(float)
    return pdist((values - values.mean(axis=0)) / values.std(axis=0), "cosine").round(10)


def closeness(human: Table, model: Table) -> Any:
    """Return 1/(1+d) of every word."""
    return 1 / (1 + np.sqrt(((human.to_numpy() - model.to_numpy()) ** 2).sum(axis=1)))


def ranked_pearson(ranks: Any, others: Any) -> float:
    """Return the correlation of two columns of ranks."""
    return float(np.corrcoef(ranks, others)[0, 1])


def structure(release: Release) -> Values:
    """Chapter on RSA, and the matching parts of transfer, words, ratings and multiverse."""
    values: Values = {}
    for code, tables, sets in (("en", release.en, SETS), ("nl", release.nl, {"sensory": SENSORY})):
        kept = release.complete(tables)
        values[f"rsa/n_words.{code}"] = len(kept["human"])
        for name, dimensions in sets.items():
            ranks = {who: rankdata(shape(t[list(dimensions)])) for who, t in kept.items()}
            rho = {w: ranked_pearson(ranks["human"], r) for w, r in ranks.items() if w != "human"}
            for who, value in rho.items():
                values[f"rsa/rho.{code}.{name}.{who}"] = value
                values[f"transfer/rsa.{code}_{name}.{who}"] = value
                if who != "base":
                    values[f"rsa/gain.{code}.{name}.{who}"] = value - rho["base"]
            if (code, name) in (("en", "all"), ("nl", "sensory")):
                words = "English" if code == "en" else "Dutch"
                values |= {f"ratings/rsa_answer.{words}.{who}": r for who, r in rho.items()}
                sign = 1 if code == "en" else -1
                values[f"rsa/matched.{code}"] = sign * (rho["en_ft"] - rho["nl_ft"])
                values[f"multiverse/published.matched_{code}"] = values[f"rsa/matched.{code}"]
            for who in rho if code == "nl" else ():
                if who != "base":
                    share = (rho[who] - rho["base"]) / (rho["nl_ft"] - rho["base"])
                    values[f"transfer/recovery.rsa.nl_sensory.{who}"] = share
    for who in ("en", "nl", "qa"):
        values[f"multiverse/published.{who}_gain"] = values[f"rsa/gain.en.all.{who}_ft"]
    for who in ("nl", "qa"):
        values[f"multiverse/published.motor_{who}"] = values[f"rsa/gain.en.motor.{who}_ft"]
    del values["transfer/recovery.rsa.nl_sensory.nl_ft"]
    return values


def steiger(a: float, b: float, between: float, n: int) -> float:
    """Return Steiger's (1980) two-sided p for two correlations with one variable in common."""
    mean = (a + b) / 2
    left = (1 - mean**2) ** 2
    psi = between * (1 - 2 * mean**2) - 0.5 * mean**2 * (1 - 2 * mean**2 - between**2)
    z = (np.arctanh(a) - np.arctanh(b)) * np.sqrt((n - 3) / (2 - 2 * psi / left))
    return float(2 * norm.sf(abs(z)))


def dimensions(release: Release) -> Values:
    """Chapter on single dimensions: every correlation, every test, their correction."""
    values: Values = {}
    tests: dict[str, float] = {}
    for code, tables in (("en", release.en), ("nl", release.nl)):
        for name in tables["human"]:
            known = Table({who: table[name] for who, table in tables.items()})
            for who in [w for w in tables if w != "human"]:
                both = known.dropna()[["human", who]]
                values[f"dimensions/rho.{code}.{name}.{who}"] = spearmanr(both).statistic
            for key, p in tested(known.dropna()).items():
                tests[f"{code}.{name}.{key}"] = p
    values |= {f"dimensions/p.{key}": p for key, p in tests.items()}
    holm = multipletests(list(tests.values()), method="holm")[1]
    values |= {f"dimensions/adjusted.{k}": p for k, p in zip(tests, holm, strict=True)}
    values["dimensions/n_tests"] = len(tests)
    values["dimensions/n_ns.p"] = sum(p >= 0.05 for p in tests.values())
    values["dimensions/n_ns.adjusted"] = int((holm >= 0.05).sum())
    values |= summaries(values)
    for name in ALL:
        known = Table({who: table[name] for who, table in release.en.items()}).dropna()
        values[f"dimensions/pearson.{name}"] = pearsonr(known["human"], known["en_ft"]).statistic
    return values


def tested(known: Table) -> dict[str, float]:
    """Test every pair of models on one dimension."""
    order = [who for who in ("base", "qa_ft", "nl_ft", "en_ft") if who in known]
    r = known.corr("spearman")
    return {
        f"{a}-{b}": steiger(r.loc["human", a], r.loc["human", b], r.loc[a, b], len(known))
        for at, a in enumerate(order) for b in order[:at]
    }  # fmt: skip


def summaries(values: Values) -> Values:
    """Return what the text says about the correlations."""
    names = {"en": ALL, "nl": SENSORY}
    rho = {(c, m): {n: values[f"dimensions/rho.{c}.{n}.{m}"] for n in names[c]}
           for c, m in [("en", m) for m in ("base", "qa_ft", "nl_ft", "en_ft")]
           + [("nl", m) for m in ("base", "nl_ft", "en_ft")]}  # fmt: skip
    found: Values = {}
    for code, model in (("en", "base"), ("nl", "base"), ("en", "en_ft")):
        one = rho[code, model]
        for word, pick in (("highest", max), ("lowest", min)):
            at = pick(one, key=lambda n, of=one: of[n])
            found[f"dimensions/{word}.{code}.{model}"] = one[at]
            found[f"dimensions/{word}_on.{code}.{model}"] = at
    base = {n: rho["en", "base"][n] + rho["nl", "base"][n] for n in SENSORY}
    found["dimensions/lowest_on.both.base"] = min(base, key=lambda n: base[n])
    found["dimensions/above_08.en_ft"] = sum(r > 0.8 for r in rho["en", "en_ft"].values())
    found["dimensions/en.matched_better"] = sum(
        rho["en", "en_ft"][n] > rho["en", "nl_ft"][n] for n in ALL)  # fmt: skip
    found["dimensions/nl.matched_better"] = sum(
        rho["nl", "nl_ft"][n] > rho["nl", "en_ft"][n] for n in SENSORY)  # fmt: skip
    gain = {n: rho["en", "en_ft"][n] - rho["en", "base"][n] for n in ALL}
    found["dimensions/gains.smallest"] = ", ".join(sorted(sorted(gain, key=lambda n: gain[n])[:2]))
    return found


def norms(release: Release) -> Values:
    """Chapter on norms: counts, spreads, reliabilities."""
    words = release.sheet(
        f"{NEW}/data/Words_Speed_Brysbaert_with_English_translation_and_back_translation.xlsx"
    )
    train, test = (release.sheet(f"{OLD}/{SPLIT.format(part)}") for part in ("train", "test"))
    later = release.sheet(f"{NEW}/{SPLIT.format('train')}")
    evaluated = {str(word).lower() for word in release.en["human"].index}
    seen = {key: len(evaluated & set(table["Word"].astype(str).str.lower()))
            for key, table in (("earlier", train), ("current", later))}  # fmt: skip
    counts = {"dutch_words": len(words), "train.earlier": len(train), "test.earlier": len(test),
              "sampled.earlier": len(train) + len(test), "train.current": len(later),
              "examples_en.earlier": 11 * len(train), "examples_nl.earlier": 6 * len(train),
              **{f"evaluated_in_train.{key}": n for key, n in seen.items()}}  # fmt: skip
    counts["pool"] = len(release.sheet(f"{OLD}/data/lancaster_speedbrysbaert_common_norms.xlsx"))
    values: Values = {f"norms/count.{key}": n for key, n in counts.items()}
    long = {"Foot": "Foot_leg", "Hand": "Hand_arm"}
    for name in ALL:
        column = long.get(name, name)
        raters = train["N_known.perceptual" if name in SENSORY else "N_known.action"]
        rated, noise = train[f"{column}.mean"], (train[f"{column}.SD"] ** 2 / raters).mean()
        values[f"norms/below_one.{name}"] = 100 * float((rated < 1).mean())
        values[f"norms/variance.{name}"] = rated.var()
        values[f"norms/reliability.{name}"] = 1 - noise / rated.var()
        values[f"dimensions/train.sd.{name}"] = rated.std()
    both = release.sheet(f"{NEW}/analysis/En_all_models_results.xlsx")
    for name in SENSORY:
        people = both[f"{name}.mean"], both[DUTCH[name]]
        values[f"norms/languages_rho.{name}"] = spearmanr(*people).statistic
        values[f"norms/languages_r.{name}"] = pearsonr(*people).statistic
    return values


def words(release: Release) -> Values:
    """Chapter on single words, and the same measures in the chapter on transfer."""
    values: Values = {}
    for code, tables, sets in (("en", release.en, SETS), ("nl", release.nl, {"sensory": SENSORY})):
        kept = release.complete(tables)
        for name, chosen in sets.items():
            part = {who: table[list(chosen)] for who, table in kept.items()}
            near = {w: closeness(part["human"], t) for w, t in part.items() if w != "human"}
            rho = {w: np.mean([spearmanr(part["human"][n], t[n]).statistic for n in chosen])
                   for w, t in part.items() if w != "human"}  # fmt: skip
            for who, scores in near.items():
                values[f"words/mean.{code}.{name}.{who}"] = scores.mean()
                values[f"transfer/similarity.{code}_{name}.{who}"] = scores.mean()
                values[f"transfer/spearman.{code}_{name}.{who}"] = rho[who]
                if who != "base":
                    gain = scores - near["base"]
                    values[f"words/gain.{code}.{name}.{who}"] = gain.mean()
                    values[f"words/dz.{code}.{name}.{who}"] = gain.mean() / gain.std(ddof=1)
                    p = float(ttest_rel(scores, near["base"]).pvalue)
                    values[f"words/p.{code}.{name}.{who}"] = max(p, 1e-300)
            if (code, name) in (("en", "all"), ("nl", "sensory")):
                values |= alike(code, near)
    return values | shouter(release)


def alike(code: str, near: dict[str, Any]) -> Values:
    """Correlate the word similarities of every two models."""
    values: Values = {}
    order = [who for who in ("base", "qa_ft", "nl_ft", "en_ft") if who in near]
    for at, b in enumerate(order):
        for a in order[:at]:
            found = spearmanr(near[a], near[b])
            values[f"words/corr.{code}.{a}.{b}"] = found.statistic
            values[f"words/corr_p.{code}.{a}.{b}"] = max(float(found.pvalue), 1e-300)
            values[f"words/r2.{code}.{a}.{b}"] = pearsonr(near[a], near[b]).statistic ** 2
    return values


def shouter(release: Release) -> Values:
    """The word the paper shows."""
    one = {who: table.loc["SHOUTER", list(ALL)] for who, table in release.en.items()}
    values: Values = {f"words/word.spread.{who}": np.std(row, ddof=1) for who, row in one.items()}
    for who in [w for w in one if w != "human"]:
        values[f"words/word.distance.{who}"] = float(np.linalg.norm(one[who] - one["human"]))
    return values


def quiz(release: Release) -> Values:
    """Chapter on transfer: the questions and the answers to them."""
    parts = {part: json.loads((release.mirror / NEW / "data" / file).read_text("utf-8"))
             for part, file in (("train", "train_60.json"), ("test", "test_40.json"))}  # fmt: skip
    key = {q["index"]: q["correct_option"] for q in parts["test"]}
    values: Values = {f"transfer/qa.{part}": len(questions) for part, questions in parts.items()}
    values["transfer/qa.n"] = sum(map(len, parts.values()))
    right: dict[str, Any] = {}
    for who, file in (("base", "base_gpt"), ("qa_ft", "QA_ft"), ("lancaster_ft", "lancaster_ft")):
        table = release.sheet(f"{OLD}/results/3_{file}_QA_test.xlsx")
        answer = next(c for c in table.columns if c != "index")
        said = table.set_index("index")[answer].astype(str).str.strip().str[0]
        right[who] = np.array([said[index] == letter for index, letter in key.items()])
        values[f"transfer/right.all.{who}"] = int(right[who].sum())
        values[f"transfer/acc.all.{who}"] = right[who].mean()
    for a, b in (("qa_ft", "base"), ("lancaster_ft", "base"), ("qa_ft", "lancaster_ft")):
        gained, lost = int((right[a] & ~right[b]).sum()), int((right[b] & ~right[a]).sum())
        p = binomtest(gained, gained + lost).pvalue
        values[f"transfer/qa_p.all.{a}_{b}"] = p
        values[f"transfer/qa_difference.all.{a}_{b}"] = right[a].mean() - right[b].mean()
    letters = Table([(part, q["correct_option"]) for part, qs in parts.items() for q in qs])
    values["transfer/qa.p_letters"] = chi2_contingency(pd.crosstab(letters[1], letters[0])).pvalue
    return values


def responses(release: Release) -> Values:
    """Chapter on ratings: all raw answers counted, and the errors of the parsed ones."""
    values: Values = {"ratings/n_responses": 0, "ratings/n_no_number": 0}
    models: set[str] = set()
    content = re.compile(rb'"content": ?"([^"]*)"')
    for file in sorted((release.mirror / NEW / "model_outputs").glob("*.jsonl*")):
        raw = file.read_bytes()
        for line in (lzma.decompress(raw) if file.suffix == ".xz" else raw).splitlines():
            values["ratings/n_responses"] += 1
            said = content.search(line)
            assert said is not None, file.name
            if not re.fullmatch(rb"\s*\d(\.\d+)?\s*", said[1]):
                values["ratings/n_no_number"] += 1
        model = re.search(rb'"model": ?"([^"]+)"', line)
        assert model is not None
        models.add(model[1].decode())
    (values["ratings/base_model"],) = (name for name in models if not name.startswith("ft:"))
    values["ratings/n_tuned"] = len(models) - 1
    for words, tables in (("English", release.en), ("Dutch", release.nl)):
        kept = release.complete(tables)
        for who in [w for w in kept if w != "human"]:
            rho = [spearmanr(kept["human"][n], kept[who][n]).statistic for n in kept["human"]]
            values[f"ratings/rho_answer.{words}.{who}"] = np.mean(rho)
    return values


PARTS: tuple[Callable[[Release], Values], ...] = (
    structure, dimensions, norms, words, quiz, responses,
)  # fmt: skip
