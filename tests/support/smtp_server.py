"""A real SMTP server (aiosmtpd) that keeps what it takes, one file for each message.

usage: smtp_server.py FOLDER plain|starttls|tls CERT KEY
Prints its port. With starttls and tls it takes mail only from user "passerelle", password "pass word".
Ends when its standard input does.
"""
import asyncio, itertools, os, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

folder, mode, cert, key = sys.argv[1:5]
count = itertools.count()


class Keep:
    async def handle_DATA(self, server, session, envelope):
        name = os.path.join(folder, f"{next(count):06}.eml")
        with open(name + ".part", "wb") as out:
            out.write(envelope.original_content)
        os.rename(name + ".part", name)
        return "250 kept"


def known(server, session, envelope, mechanism, data):
    good = mechanism in ("LOGIN", "PLAIN") and (data.login, data.password) == (b"passerelle", b"pass word")
    return AuthResult(success=good)


options, over_tls = {}, None
if mode != "plain":
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    options = dict(authenticator=known, auth_required=True)
    if mode == "starttls":
        options.update(tls_context=context, require_starttls=True)
    else:
        options.update(auth_require_tls=False)
        over_tls = context


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keep(), loop=loop, **options), "127.0.0.1", 0, ssl=over_tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve())
