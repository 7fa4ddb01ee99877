"""One request to the partner, over a real connection."""

import aiohttp
from aiohttp import web

from exchange.flow.delivery import Delivery, RefusedByPartner
from tests.sides import BothSides


async def test_a_redirection_is_not_followed(both: BothSides) -> None:
    """A person's data goes to the address that we were given, and to no other."""
    asked, elsewhere = [], "/elsewhere"

    async def redirects(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPPermanentRedirect(elsewhere)

    app = web.Application()
    app.router.add_post("/{any:.*}", redirects)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        delivery = Delivery(
            session=session,
            url=f"http://127.0.0.1:{runner.addresses[0][1]}",
            agreement=both.us.agreement,
            partner=both.us.partner,
            timeout_seconds=5,
        )
        outcome = await delivery.deliver([])
    await runner.cleanup()
    assert outcome == RefusedByPartner("http-308")
    assert asked == ["/v1/messages"]
