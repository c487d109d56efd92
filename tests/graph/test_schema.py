from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from graph.schema import schema
from server.cli import SCHEMA_FILE

SERVED: GraphQLSchema = build_schema(schema.as_str())
OWN = {name: kind for name, kind in SERVED.type_map.items() if not name.startswith("__")}
BUILT_IN = {"Boolean", "Float", "ID", "Int", "String"}

QUERIES = {
    "viewer", "node", "nodes", "businessNumbers", "customer", "customers", "callPermissions", "permissionRequests",
    "calls", "changes", "changeCursor",
}  # fmt: skip
MUTATIONS = {"createCustomer", "updateCustomer", "requestCallPermission", "startCall", "endCall"}
SUBSCRIPTIONS = {"callPermissionChanged", "callChanged", "changes"}


def test_the_kept_schema_is_the_one_that_is_served() -> None:
    assert SCHEMA_FILE.read_text() == schema.as_str() + "\n"


def test_all_that_is_promised_is_there() -> None:
    assert SERVED.query_type
    assert SERVED.mutation_type
    assert SERVED.subscription_type
    assert SERVED.query_type.fields.keys() >= QUERIES
    assert SERVED.mutation_type.fields.keys() >= MUTATIONS
    assert SERVED.subscription_type.fields.keys() >= SUBSCRIPTIONS


def test_every_type_field_argument_and_value_is_described_in_a_sentence() -> None:
    described: dict[str, str | None] = {}
    for name, kind in OWN.items():
        if name in BUILT_IN:
            continue
        described[name] = kind.description
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in kind.fields.items():
                described[f"{name}.{field_name}"] = field.description
                for argument_name, argument in field.args.items():
                    described[f"{name}.{field_name}({argument_name})"] = argument.description
        if isinstance(kind, GraphQLInputObjectType):
            described |= {f"{name}.{field_name}": field.description for field_name, field in kind.fields.items()}
        if isinstance(kind, GraphQLEnumType):
            described |= {f"{name}.{value_name}": value.description for value_name, value in kind.values.items()}
    assert {name for name, text in described.items() if not text or not text.strip().endswith((".", "?"))} == set()


def test_every_mutation_takes_one_input_of_its_own_and_gives_a_result_of_its_own() -> None:
    assert SERVED.mutation_type
    for name, field in SERVED.mutation_type.fields.items():
        pascal = f"{name[0].upper()}{name[1:]}"
        assert {argument: str(found.type) for argument, found in field.args.items()} == {"input": f"{pascal}Input!"}
        assert isinstance(field.type, GraphQLNonNull)
        assert str(field.type) == f"{pascal}Result!"
        result = field.type.of_type
        assert isinstance(result, GraphQLUnionType)
        success, *refusals = result.types
        assert success.name == f"{pascal}Success"
        assert success.interfaces == ()
        assert [[interface.name for interface in refusal.interfaces] for refusal in refusals] == [["Refusal"]] * len(
            refusals
        )
        assert refusals


def test_every_refusal_says_why_and_when_it_ends() -> None:
    refusal = OWN["Refusal"]
    assert isinstance(refusal, GraphQLInterfaceType)
    assert {name: str(field.type) for name, field in refusal.fields.items()} == {
        "code": "RefusalCode!",
        "message": "String!",
        "availableAt": "DateTime",
    }


def test_every_refusal_is_in_some_result() -> None:
    shown = {kind.name for kind in SERVED.get_implementations(OWN["Refusal"]).objects}  # type: ignore[arg-type] # it is an interface
    in_results = {kind.name for union in OWN.values() if isinstance(union, GraphQLUnionType) for kind in union.types}
    assert shown <= in_results


def test_what_has_an_id_is_a_node() -> None:
    for kind in OWN.values():
        if isinstance(kind, GraphQLObjectType) and "id" in kind.fields:
            assert [interface.name for interface in kind.interfaces] == ["Node"], kind.name
