"""Control of a running drill from other terminals of the same user: discovery, requests, responses."""
