"""Verdicts of PyPI jsonschema, format checks on, about payloads of OCPP.

usage: verdicts.py SCHEMAS < CASES > VERDICTS

A line of CASES is {"version": …, "action": …, "side": "Request" or "Response", "payload": …}; its
line of VERDICTS is a list of the rules broken, each [keyword, message]; empty when it is valid.
"""

import json
import pathlib
import sys

import jsonschema


class Judge:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.validators = {}

    def validator(self, version, name):
        found = self.validators.get((version, name))
        if found is None:
            files = [self.root / folder / f"{name}.json" for folder in (version, version + "-security")]
            schema = json.loads(next(f for f in files if f.exists()).read_text("utf-8"))
            kind = jsonschema.validators.validator_for(schema)
            kind.check_schema(schema)
            found = kind(schema, format_checker=kind.FORMAT_CHECKER)
            self.validators[(version, name)] = found
        return found

    def judge(self, case):
        validator = self.validator(case["version"], case["action"] + case["side"])
        errors = validator.iter_errors(case["payload"])
        return [[error.validator, error.message[:300]] for error in errors]


def main():
    judge = Judge(sys.argv[1])
    for checker in (jsonschema.Draft4Validator.FORMAT_CHECKER, jsonschema.Draft6Validator.FORMAT_CHECKER):
        missing = {"date-time", "uri"} - set(checker.checkers)
        if missing:
            sys.exit(f"jsonschema cannot check {missing}: install jsonschema[format-nongpl]")
    for line in sys.stdin:
        print(json.dumps(judge.judge(json.loads(line))))


if __name__ == "__main__":
    main()
