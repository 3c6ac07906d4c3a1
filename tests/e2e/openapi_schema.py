"""Reads docs/api/openapi.yaml and checks requests and answers against it.

A validator of the part of JSON Schema 2020-12 that the file uses. A keyword that it does not know is an error, never
passed over: so the file cannot say anything that is not checked. Standard library and PyYAML only.
"""

import datetime
import json
import re

import yaml

METHODS = ("get", "post", "patch", "delete", "put")
ANNOTATIONS = {"description", "default", "example", "examples", "title"}
KNOWN = ANNOTATIONS | {
    "$ref", "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "items", "minItems", "maxItems", "properties", "required", "additionalProperties", "unevaluatedProperties", "propertyNames",
    "minProperties", "allOf", "anyOf", "oneOf"}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")


class Mismatch(Exception):
    """What was sent or answered is not what the file says."""


class SpecError(Exception):
    """The file itself is wrong."""


def same(a, b):
    """Equal as JSON: true is not 1."""
    return type(a) is type(b) and a == b if isinstance(a, bool) or isinstance(b, bool) else a == b


def is_type(value, name):
    if name == "null":
        return value is None
    if name == "boolean":
        return isinstance(value, bool)
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name == "string":
        return isinstance(value, str)
    if name == "array":
        return isinstance(value, list)
    if name == "object":
        return isinstance(value, dict)
    raise SpecError(f"unknown type {name!r}")


def has_format(text, name):
    if name == "date-time":  # answers are in UTC, to the second or finer
        if not DATE_TIME.match(text):
            return False
        name, text = "date", text[:10]
    if name == "date":
        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            return False
        return True
    if name == "uri":
        return re.match(r"[a-z][a-z0-9+.-]*://\S+$", text) is not None
    raise SpecError(f"unknown format {name!r}")


class Spec:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.root = yaml.safe_load(f)
        self.operations = {}
        for pattern, item in self.root["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                op = dict(item[method])
                op["method"], op["path"] = method.upper(), pattern
                op["parameters"] = [self.resolve(p) for p in item.get("parameters", []) + op.get("parameters", [])]
                op["responses"] = {str(status): self.resolve(r) for status, r in op["responses"].items()}
                if op["operationId"] in self.operations:
                    raise SpecError(f"{op['operationId']} stands there twice")
                self.operations[op["operationId"]] = op

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node and len(node) == 1:
            node = self.target(node["$ref"])
        return node

    def target(self, ref):
        if not ref.startswith("#/"):
            raise SpecError(f"a reference outside of the file: {ref}")
        node = self.root
        for part in ref[2:].split("/"):
            if part not in node:
                raise SpecError(f"nothing at {ref}")
            node = node[part]
        return node

    # ---- values -----------------------------------------------------------------------------------------------

    def errors(self, schema, value, path="$"):
        return self._check(schema, value, path)[0]

    def expect(self, schema, value, what):
        errors = self.errors(schema, value)
        if errors:
            raise Mismatch(f"{what}: " + "; ".join(errors[:8]))

    def _check(self, schema, value, path):
        """(errors, names of the properties that the schema knows)."""
        if schema is True:
            return [], set(value) if isinstance(value, dict) else set()
        if schema is False:
            return [f"{path}: not allowed"], set()
        unknown = {k for k in schema if k not in KNOWN and not k.startswith("x-")}
        if unknown:
            raise SpecError(f"keywords that are not checked: {sorted(unknown)}")
        errors, seen = [], set()
        if "$ref" in schema:
            more, names = self._check(self.target(schema["$ref"]), value, path)
            errors += more
            seen |= names
        self._check_value(schema, value, path, errors)
        for part in schema.get("allOf", []):
            more, names = self._check(part, value, path)
            errors += more
            seen |= names
        for keyword in ("anyOf", "oneOf"):
            if keyword not in schema:
                continue
            results = [self._check(part, value, path) for part in schema[keyword]]
            good = [names for more, names in results if not more]
            if not good:
                nearest = min((more for more, _ in results), key=len)
                errors.append(f"{path}: fits none of {keyword} (nearest: {'; '.join(nearest[:4])})")
            elif keyword == "oneOf" and len(good) > 1:
                errors.append(f"{path}: fits {len(good)} of oneOf")
            for names in good:
                seen |= names
        if isinstance(value, dict):
            self._check_object(schema, value, path, errors, seen)
        if isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                errors.append(f"{path}: {len(value)} items")
            if "items" in schema:
                for i, item in enumerate(value):
                    errors += self._check(schema["items"], item, f"{path}[{i}]")[0]
        return errors, seen

    def _check_value(self, schema, value, path, errors):
        if "type" in schema:
            types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
            if not any(is_type(value, t) for t in types):
                errors.append(f"{path}: {json.dumps(value)[:80]} is not of type {'/'.join(types)}")
        if "enum" in schema and not any(same(value, v) for v in schema["enum"]):
            errors.append(f"{path}: {json.dumps(value)[:80]} is none of {schema['enum']}")
        if "const" in schema and not same(value, schema["const"]):
            errors.append(f"{path}: {json.dumps(value)[:80]} is not {json.dumps(schema['const'])}")
        if isinstance(value, str):
            if "pattern" in schema and not re.search(schema["pattern"], value):
                errors.append(f"{path}: {value[:80]!r} does not match {schema['pattern']}")
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
                errors.append(f"{path}: {len(value)} characters")
            if "format" in schema and not has_format(value, schema["format"]):
                errors.append(f"{path}: {value[:80]!r} is no {schema['format']}")
        if is_type(value, "number"):
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                errors.append(f"{path}: {value} is out of range")
            if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
                errors.append(f"{path}: {value} is not above {schema['exclusiveMinimum']}")

    def _check_object(self, schema, value, path, errors, seen):
        for name in schema.get("required", []):
            if name not in value:
                errors.append(f"{path}.{name}: missing")
        if len(value) < schema.get("minProperties", 0):
            errors.append(f"{path}: too few properties")
        properties = schema.get("properties", {})
        for name, item in value.items():
            here = f"{path}.{name}"
            if "propertyNames" in schema:
                errors += self._check(schema["propertyNames"], name, here)[0]
            if name in properties:
                seen.add(name)
                errors += self._check(properties[name], item, here)[0]
            elif "additionalProperties" in schema:
                rule = schema["additionalProperties"]
                seen.add(name)
                errors += [f"{here}: not in the file"] if rule is False else self._check(rule, item, here)[0]
        if "unevaluatedProperties" in schema:
            rest = [name for name in value if name not in seen]
            for name in rest:
                rule = schema["unevaluatedProperties"]
                errors += [f"{path}.{name}: not in the file"] if rule is False else self._check(rule, value[name], f"{path}.{name}")[0]
            seen.update(rest)

    # ---- requests and answers ---------------------------------------------------------------------------------

    def check_request(self, op, path_values, query, headers, content_type, body):
        """A request that is meant to succeed must be one that the file allows."""
        given = {"path": path_values, "query": query, "header": {k.lower(): v for k, v in headers.items()}}
        for p in op["parameters"]:
            values = given[p["in"]]
            name = p["name"].lower() if p["in"] == "header" else p["name"]
            if name not in values:
                if p.get("required"):
                    raise Mismatch(f"{op['operationId']}: the parameter {name} is missing")
                continue
            value = self.parameter_value(p["schema"], values[name])
            self.expect(p["schema"], value, f"{op['operationId']}: parameter {name}")
        for where in ("path", "query"):
            known = {p["name"] for p in op["parameters"] if p["in"] == where}
            for name in given[where]:
                if name not in known:
                    raise Mismatch(f"{op['operationId']}: the {where} parameter {name} is not in the file")
        wanted = op.get("requestBody")
        if body is None:
            if wanted and wanted.get("required"):
                raise Mismatch(f"{op['operationId']}: the body is missing")
            return
        if not wanted or content_type not in wanted["content"]:
            raise Mismatch(f"{op['operationId']}: a body of type {content_type} is not in the file")
        if content_type == "application/json":
            self.expect(wanted["content"][content_type]["schema"], body, f"{op['operationId']}: request")

    def parameter_value(self, schema, text):
        """The text of a parameter as the type that its schema has."""
        schema = self.target(schema["$ref"]) if "$ref" in schema else schema
        if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
            return int(text)
        if schema.get("type") == "boolean" and text in ("true", "false"):
            return text == "true"
        return text

    def check_response(self, op, status, headers, raw):
        """Returns the body, parsed when it is JSON."""
        what = f"{op['operationId']} ({op['method']} {op['path']}) -> {status}"
        response = op["responses"].get(str(status))
        if response is None:
            raise Mismatch(f"{what}: the status is not in the file: {raw[:300]!r}")
        headers = {k.lower(): v for k, v in headers.items()}
        for name, header in response.get("headers", {}).items():
            header = self.resolve(header)
            value = headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    raise Mismatch(f"{what}: the header {name} is missing")
                continue
            self.expect(header["schema"], self.parameter_value(header["schema"], value), f"{what}: header {name}")
        content_type = headers.get("content-type", "").split(";")[0].strip()
        if content_type not in response["content"]:
            raise Mismatch(f"{what}: the type {content_type!r} is not in the file")
        schema = response["content"][content_type]["schema"]
        if content_type == "application/json":
            try:
                body = json.loads(raw)
            except ValueError as error:
                raise Mismatch(f"{what}: no JSON: {error}") from error
        else:
            body = raw.decode("utf-8")
        self.expect(schema, body, what)
        return body

    # ---- the file itself --------------------------------------------------------------------------------------

    def check_schema(self, schema):
        if isinstance(schema, bool):
            return
        self.errors(schema, None)
        for keyword in ("items", "additionalProperties", "unevaluatedProperties", "propertyNames"):
            self.check_schema(schema.get(keyword, True))
        for part in list(schema.get("properties", {}).values()) + [p for k in ("allOf", "anyOf", "oneOf") for p in schema.get(k, [])]:
            self.check_schema(part)

    def check_file(self):
        """Every reference leads somewhere, every keyword is known, every example fits its schema, no component is unused."""
        used = set()

        def walk(node):
            if isinstance(node, dict):
                if isinstance(node.get("$ref"), str):
                    used.add(node["$ref"])
                    self.target(node["$ref"])
                if "schema" in node:
                    self.check_schema(node["schema"])
                if "schema" in node and "example" in node:
                    self.expect(node["schema"], node["example"], "an example")
                for value in node.values():
                    walk(value)
            elif isinstance(node, list):
                for value in node:
                    walk(value)

        walk(self.root)
        for kind, parts in self.root["components"].items():
            for name, part in parts.items():
                if kind == "schemas":
                    self.check_schema(part)
                    if isinstance(part, dict) and "example" in part:
                        self.expect(part, part["example"], f"the example of {name}")
                if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in used:
                    raise SpecError(f"nothing uses {kind}/{name}")
        for op in self.operations.values():
            for part in re.findall(r"\{(\w+)\}", op["path"]):
                if not any(p["in"] == "path" and p["name"] == part for p in op["parameters"]):
                    raise SpecError(f"{op['operationId']}: nothing says what {{{part}}} is")
