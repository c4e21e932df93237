"""Reads every golden body in schemas/wire with python3-msgpack and compares it with the JSON listing beside it.

Usage: read_wire_goldens.py FOLDER. Prints one line a disagreement and then "N bodies"; exit status 1 on any disagreement,
3 where python3-msgpack is not installed.
"""
import json
import pathlib
import struct
import sys

try:
    import msgpack
except ImportError:
    print("python3-msgpack is not installed")
    sys.exit(3)


def plain(value):
    """A decoded value in the listing's form: bytes as {"hex": ...}."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


bodies = 0
faults = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    golden = json.loads(path.read_text(encoding="utf-8"))
    for example in golden.get("examples", []):
        name = f"{golden['message']}/{example['name']}"
        frame = bytes.fromhex(example["frame"])
        length, number = struct.unpack(">IH", frame[:6])
        tensor = bytes.fromhex(example.get("tensor", {}).get("hex", ""))
        body = frame[6:len(frame) - len(tensor)]
        expected = [field["value"] for field in example["fields"] if "value" in field]
        if length != len(frame) - 4 or number != golden["number"]:
            faults.append(f"{name}: header says {length} bytes of message {number}")
        if plain(msgpack.unpackb(body, raw=False)) != expected:
            faults.append(f"{name}: {plain(msgpack.unpackb(body, raw=False))} is not {expected}")
        floats = list(struct.unpack(f"<{len(tensor) // 4}f", tensor))
        if floats != example.get("tensor", {}).get("value", []) or frame[6 + len(body):] != tensor:
            faults.append(f"{name}: the tensor is {floats}")
        bodies += 1

print("\n".join([*faults, f"{bodies} bodies"]))
sys.exit(1 if faults else 0)
