from redis.asyncio import Redis

from tests.ground.redis_server import RedisServer, own_redis


async def test_a_redis_that_was_killed_comes_back_at_the_same_address_and_remembers_nothing(redis: RedisServer) -> None:
    async with Redis.from_url(redis.url) as client:
        await client.set("greeting", "hello")
    redis.kill()
    redis.start()
    async with Redis.from_url(redis.url) as client:
        assert await client.get("greeting") is None


async def test_two_do_not_meet() -> None:
    with own_redis() as one, own_redis() as another:
        async with Redis.from_url(one.url) as here, Redis.from_url(another.url) as there:
            await here.set("greeting", "hello")
            assert await there.get("greeting") is None
