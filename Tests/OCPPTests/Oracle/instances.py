"""Payloads made from the Open Charge Alliance's schemas alone, right and nearly right.

usage: instances.py SCHEMAS SEED COUNT > CASES

A line is a case as verdicts.py reads it: COUNT of every schema. The message tables are not asked,
so what a table forbids and its schema allows, or the other way round, comes up too.
"""

import csv
import json
import pathlib
import random
import sys


class Maker:
    def __init__(self, schema, chance, spoil):
        self.definitions = schema.get("definitions", {})
        self.chance = chance  # that an optional field is there
        self.spoil = spoil  # that a value goes just beyond its limit
        self.depth = 0

    def beyond(self):
        return random.random() < self.spoil

    def make(self, schema):
        if "$ref" in schema:
            return self.make(self.definitions[schema["$ref"].rsplit("/", 1)[1]])
        if "enum" in schema:
            return "Unheard" if self.beyond() else random.choice(schema["enum"])
        kind = schema.get("type")
        if kind and self.beyond():
            return random.choice([None, True, 7, 1.5, "7", [], {}])
        return getattr(self, kind or "any")(schema)

    def any(self, schema):
        return random.choice([None, 1, "x", [1], {"a": None}])

    def boolean(self, schema):
        return random.random() < 0.5

    def string(self, schema):
        if schema.get("format") == "date-time":
            return "2026-11-23T01:02:03" + ("" if self.beyond() else random.choice(["Z", ".5Z", "+01:00"]))
        if schema.get("format") == "uri":
            return "no uri" if self.beyond() else "https://a.example/b%20c"
        limit = schema.get("maxLength", 30)
        length = limit + 1 if self.beyond() else random.choice([0, 1, limit // 2, limit])
        return "".join(random.choice("aZ0 -é中😀") for _ in range(length))

    def number(self, schema):
        least, most = schema.get("minimum"), schema.get("maximum")
        if self.beyond():
            return (least - 1) if least is not None else (most + 1) if most is not None else 0.15
        bounds = [bound for bound in (least, most) if bound is not None]
        return random.choice(bounds) if bounds else random.choice([0, -3, 16, 22080])

    def integer(self, schema):
        return int(self.number({"minimum": -5, **schema}))

    def array(self, schema):
        least, most = schema.get("minItems", 0), schema.get("maxItems", 1024)
        count = random.choice([least, least + 1, most]) if most <= 24 else least + random.randint(0, 2)
        if self.beyond():
            count = random.choice([least - 1, most + 1] if most <= 24 else [least - 1])
        return [self.make(schema["items"]) for _ in range(max(0, count))]

    def object(self, schema):
        required = schema.get("required", [])
        self.depth += 1
        chance = self.chance / self.depth
        made = {}
        for name, field in schema.get("properties", {}).items():
            if (name in required and not self.beyond()) or (name not in required and random.random() < chance):
                made[name] = self.make(field)
        if self.beyond():
            made["noSuchField"] = 1
        self.depth -= 1
        return made


def main():
    root = pathlib.Path(sys.argv[1])
    random.seed(int(sys.argv[2]))
    for row in csv.DictReader(open(root / "actions.csv", newline="", encoding="utf-8")):
        for side in ("Request", "Response"):
            name = row[side.lower() + "_schema"]
            if not name:
                continue
            schema = json.loads((root / name).read_text("utf-8"))
            for number in range(int(sys.argv[3])):
                spoil = 0 if number % 3 else 0.04
                payload = Maker(schema, random.choice([0.2, 0.6, 1]), spoil).make(schema)
                print(json.dumps({"version": row["version"].split("-")[0], "action": row["action"],
                                  "side": side, "payload": payload}))


if __name__ == "__main__":
    main()
