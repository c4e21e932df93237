"""Writes the bytes of schemas/wire anew from the values in it, with python3-msgpack: for whoever adds or changes a message.

Usage: write_wire_goldens.py FOLDER. Edit "name", "comment" and "value" by hand; "hex", "frame_header" and "frame" follow from them.
A value is written as JSON has it, bytes as {"hex": ...}, a number with a point as a 32-bit float.
"""
import json
import pathlib
import struct
import sys

import msgpack


def unplain(value):
    """A value of the listing in the encoder's form."""
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    if isinstance(value, list):
        return [unplain(item) for item in value]
    return value


def packed(value):
    return msgpack.packb(value, use_bin_type=True, use_single_float=True)


def refresh(golden, example):
    """Recomputes every byte of one example."""
    values = [unplain(field["value"]) for field in example["fields"] if "value" in field]
    for field in example["fields"]:
        if "value" in field:
            field["hex"] = packed(unplain(field["value"])).hex()
        else:
            field["comment"] = f"array of {len(values)}"
            field["hex"] = msgpack.Packer().pack_array_header(len(values)).hex()
    body = packed(values)
    tensor = b""
    if "tensor" in example:
        tensor = struct.pack(f"<{len(example['tensor']['value'])}f", *example["tensor"]["value"])
        example["tensor"]["hex"] = tensor.hex()
    header = struct.pack(">IH", 2 + len(body) + len(tensor), golden["number"])
    example["frame_header"] = {"length": header[:4].hex(), "message": header[4:].hex()}
    example["frame"] = (header + body + tensor).hex()


def dumped(golden):
    """JSON with one line a field, so that a change shows as one line."""
    def line(value):
        return json.dumps(value, ensure_ascii=False)

    examples = []
    for example in golden["examples"]:
        fields = ",\n".join("        " + line(field) for field in example["fields"])
        tensor = f'      "tensor": {line(example["tensor"])},\n' if "tensor" in example else ""
        examples.append(
            f'    {{\n      "name": {line(example["name"])},\n      "frame_header": {line(example["frame_header"])},\n'
            f'      "fields": [\n{fields}\n      ],\n{tensor}      "frame": {line(example["frame"])}\n    }}')
    head = "".join(f'  "{key}": {line(golden[key])},\n' for key in ("message", "number", "links", "about"))
    return "{\n" + head + '  "examples": [\n' + ",\n".join(examples) + "\n  ]\n}\n"


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    golden = json.loads(path.read_text(encoding="utf-8"))
    if "examples" in golden:
        for example in golden["examples"]:
            refresh(golden, example)
        path.write_text(dumped(golden), encoding="utf-8")
