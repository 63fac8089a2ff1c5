"""Tiny random models of every kind, made on the spot, with a small tokenizer of their own."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

from humanlike.data.published import load_concepts
from humanlike.models.hf import Hf, open_spec
from humanlike.tasks import triplets

TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<pad>", "<s>", "<|end|>", "<|user|>", "<|system|>", "<|assistant|>"]
PAD, BOS, END = 0, 1, 2
VOCABULARY = 400
COMMON: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
    "pad_token_id": PAD,
    "bos_token_id": BOS,
    "eos_token_id": END,
    "initializer_range": 0.3,
}
SHAPES = {"hidden_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings"}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("LlamaForCausalLM", {}),
    "gemma2": ("Gemma2ForCausalLM", {"sliding_window": 16, "query_pre_attn_scalar": 8}),
    "gemma3": ("Gemma3ForCausalLM", {"sliding_window": 512, "query_pre_attn_scalar": 8}),
    "qwen2": ("Qwen2ForCausalLM", {}),
    "qwen3": ("Qwen3ForCausalLM", {}),
    "olmo2": ("Olmo2ForCausalLM", {}),
    "mixtral": ("MixtralForCausalLM", {"num_local_experts": 4, "num_experts_per_tok": 2}),
    "gpt2": (
        "GPT2LMHeadModel",
        {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 512, "n_inner": 48},
    ),
    "bloom": ("BloomForCausalLM", {"n_layer": 2, "n_head": 4}),
    "mamba": (
        "MambaForCausalLM",
        {"state_size": 4, "expand": 2, "conv_kernel": 4, "time_step_rank": 4},
    ),
    "rwkv": ("RwkvForCausalLM", {"attention_hidden_size": 32, "context_length": 512}),
    "t5": (
        "T5ForConditionalGeneration",
        {
            "d_model": 32,
            "d_kv": 8,
            "d_ff": 48,
            "num_layers": 2,
            "num_heads": 4,
            "initializer_factor": 1.0,
        },
    ),
}


def tokenizer(folder: Path, template: str | None = TEMPLATE) -> Any:
    """Train a byte-level tokenizer on a few triplets and save it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    text = [triplets.SYSTEM, triplets.QUESTION.format(anchor="dog", first="cat", second="car")]
    made.train_from_iterator([*text, *(f" {word}" for word in load_concepts()["concept"])], trainer)
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", BOS)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="<|end|>", pad_token="<pad>"
    )
    fast.chat_template = template
    fast.save_pretrained(folder)
    return fast


def make(folder: Path, kind: str = "llama", seed: int = 0, **changes: Any) -> Path:
    """Save a random model of a kind with its tokenizer."""
    import torch
    import transformers

    name, own = KINDS[kind]
    loaded = getattr(transformers, name)
    known = inspect.signature(loaded.config_class.__init__).parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in known.values())
    wanted = {**COMMON, **own, **changes}
    if kind in ("gpt2", "t5"):
        wanted = {key: value for key, value in wanted.items() if key not in SHAPES}
    config = loaded.config_class(
        **{key: value for key, value in wanted.items() if open_ended or key in known}
    )
    torch.manual_seed(seed)
    model = loaded(config)
    if config.is_encoder_decoder:
        model.generation_config.decoder_start_token_id = PAD
    return _saved(model, folder)


def make_multimodal(folder: Path) -> Path:
    """Save a random model that could see, too, and counts positions in three dimensions."""
    import transformers as hf

    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0}
    eyes = {"depth": 1, "embed_dim": 16, "hidden_size": 32, "num_heads": 2, "mlp_ratio": 1}
    config = hf.Qwen2VLConfig(
        text_config=COMMON | {"rope_parameters": rope}, vision_config=eyes, eos_token_id=END
    )
    return _saved(hf.Qwen2VLForConditionalGeneration(config), folder)


def _saved(model: Any, folder: Path) -> Path:
    """Fill a model with larger random weights, so that its answers differ, and save it."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.25)
    model.save_pretrained(folder)
    tokenizer(folder)
    return folder


def change_json(path: Path, **values: Any) -> None:
    """Set entries of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def opened(folder: Path, options: str = "") -> Hf:
    """Open a folder on the processor, in float32."""
    return open_spec(f"{folder},device=cpu" + (f",{options}" if options else ""))
