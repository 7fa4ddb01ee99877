"""What every body has, whichever side speaks."""

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue

from exchange.domain.messages.conditions import clauses_of
from exchange.domain.wire import Closed, Salt


class Body(Closed):
    """The body of one message: closed, bounded, with its salt."""

    salt: Salt

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: object, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the schema with a clause for each member that is null in some cases."""
        schema = handler(core_schema)  # type: ignore[arg-type]  # pydantic names it in a package of its own
        clauses = clauses_of(cls.model_fields)
        if clauses:
            handler.resolve_ref_schema(schema)["allOf"] = clauses
        return schema
