"""Choose device, number format and class, and load weights and tokenizer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.hf.identity import Identity, explained, offline
from humanlike.models.hf.spec import Options, Source


@dataclass(frozen=True)
class Setup:
    """What a model is loaded as; settled before it is loaded.

    Attributes
    ----------
    kind : type
        The class of transformers that loads it.
    device : str
        Torch device, or ``all``.
    dtype : str
        Number format of the computation.
    attention : str
        How attention is computed.
    quantised : str
        How the weights are packed; empty if they are not.
    """

    kind: Any
    device: str
    dtype: str
    attention: str
    quantised: str

    @property
    def numbers(self) -> str:
        """Number format and packing, as they are part of the key."""
        return f"{self.dtype}+{self.quantised}" if self.quantised else self.dtype


def settle(source: Source, config: Any, options: Options) -> Setup:
    """Choose class, device, number format and attention.

    Raises
    ------
    HumanlikeError
        If the model writes no text, or the machine lacks the device or the number format.
    """
    kind, loaded = _kind(source, config)
    device = choose_device(options.device)
    attention = options.attention
    if attention == "auto":
        attention = "sdpa" if getattr(loaded, "_supports_sdpa", False) else "eager"
    packing = getattr(config, "quantization_config", None) or {}
    method = packing.get("quant_method", "") if isinstance(packing, dict) else packing.quant_method
    dtype = choose_dtype(options.dtype, device)
    return Setup(kind, device, dtype, attention, str(getattr(method, "value", method)))


def _kind(source: Source, config: Any) -> tuple[Any, Any]:
    """Return the automatic class that loads a model, and the class it will choose."""
    import transformers as hf
    from transformers import MODEL_FOR_MASKED_LM_MAPPING as MASKED

    known = type(config)
    remote = getattr(config, "auto_map", None) or {}
    if getattr(config, "is_encoder_decoder", False):
        order: tuple[Any, ...] = (hf.AutoModelForSeq2SeqLM,)
    else:
        order = (hf.AutoModelForCausalLM, hf.AutoModelForImageTextToText)
        order += (hf.AutoModelForMultimodalLM,)
    encoder = known in MASKED and not getattr(config, "is_decoder", True)
    for auto in order:
        if auto.__name__ in remote:
            return auto, None
        if known in auto._model_mapping and (not encoder or auto is hf.AutoModelForSeq2SeqLM):
            return auto, auto._model_mapping[known]
    hint = " It is an encoder: use encoder:FOLDER." if known in MASKED else ""
    raise HumanlikeError(
        f"{source.name} ({getattr(config, 'model_type', 'of unknown type')}) writes no text.{hint}"
    )


def choose_device(wanted: str) -> str:
    """Return the device to run on.

    Raises
    ------
    HumanlikeError
        If this machine does not have it.
    """
    import torch

    there = {
        "cuda": torch.cuda.device_count(),
        "xpu": torch.xpu.device_count(),
        "mps": int(torch.backends.mps.is_available()),
        "cpu": 1,
    }
    if wanted == "auto":
        return next(kind for kind, count in there.items() if count)
    kind, _, number = wanted.partition(":")
    count = there["cuda" if kind == "all" else kind]
    if count <= int(number or 0):
        raise HumanlikeError(
            f"device={wanted}, but this machine has {count} of that kind that torch "
            f"{torch.__version__} can use. Use device=cpu, or install a torch for the accelerator."
        )
    return wanted


def choose_dtype(wanted: str, device: str) -> str:
    """Return the number format.

    Raises
    ------
    HumanlikeError
        If the device cannot compute in it.
    """
    import torch

    on_cuda = device.startswith(("cuda", "all"))
    able = torch.cuda.is_bf16_supported(including_emulation=False) if on_cuda else True
    if wanted == "auto":
        if on_cuda:
            return "bfloat16" if able else "float16"
        return "bfloat16" if device.startswith("xpu") else "float32"
    if wanted == "bfloat16" and not able:
        raise HumanlikeError("This GPU has no bfloat16; use dtype=float16 or dtype=float32.")
    return wanted


def load_tokenizer(source: Source, found: Identity, remote_code: bool) -> Any:
    """Load the tokenizer that belongs to the weights."""
    from transformers import AutoTokenizer

    with explained(source):
        return AutoTokenizer.from_pretrained(
            source.place,
            revision=None if source.folder else found.revision,
            trust_remote_code=remote_code,
            local_files_only=offline(),
        )


def load_weights(
    source: Source,
    found: Identity,
    setup: Setup,
    adapter: Path | None,
    remote_code: bool,
    *,
    training: bool = False,
) -> Any:
    """Load the model, put it where it runs, and merge the adapter into it.

    A model that will be trained keeps its last layer as it is: there all positions pass it.

    Raises
    ------
    HumanlikeError
        If it cannot be loaded, parts of it are missing, or memory does not suffice.
    """
    import torch
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    packed = {"": setup.device} if setup.quantised else None
    with explained(source):
        model, report = setup.kind.from_pretrained(
            source.place,
            config=found.config,
            revision=None if source.folder else found.revision,
            dtype=getattr(torch, setup.dtype),
            attn_implementation=setup.attention,
            device_map="auto" if setup.device == "all" else packed,
            use_safetensors=True,
            trust_remote_code=remote_code,
            local_files_only=offline(),
            adapter_kwargs={"local_files_only": offline()},
            output_loading_info=True,
        )
        if report["missing_keys"]:
            raise HumanlikeError(_incomplete(source, sorted(report["missing_keys"])))
        if adapter is not None:
            model = _merged(model, adapter)
        if setup.device != "all" and packed is None:
            model = model.to(setup.device)
    if not training:
        sharpen(model)
    return model.eval()


def _incomplete(source: Source, missing: list[str]) -> str:
    return (
        f"The weights of {source.name} lack {len(missing)} parts that are needed to write text, "
        f"such as {missing[0]}; they would be random. Is it an encoder (use encoder:FOLDER), or a "
        "model without its last layer?"
    )


def _merged(model: Any, adapter: Path) -> Any:
    try:
        from peft import PeftModel
    except ImportError as problem:
        raise HumanlikeError("An adapter needs the package peft: pip install peft.") from problem
    return PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()


def sharpen(model: Any) -> None:
    """Let the last layer compute in float32 where the rest does not.

    In bfloat16 logits near 20 are 0.125 apart, so that two options often get the same score and the
    first of them would win. Only the last position passes this layer: it costs next to nothing.
    """
    import torch
    from torch.nn.functional import linear

    head: Any = model.get_output_embeddings()
    half = (torch.bfloat16, torch.float16)
    if type(head).__name__ != "Linear" or head.weight.dtype not in half:
        return

    def precise(hidden: Any) -> Any:
        weight, bias = head.weight, head.bias
        hidden = hidden.to(weight.device, torch.float32)
        return linear(hidden, weight.float(), None if bias is None else bias.float())

    head.forward = precise
