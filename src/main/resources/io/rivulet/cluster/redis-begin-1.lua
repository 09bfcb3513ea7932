#!lua flags=allow-oom
-- Begins a run of a node, and makes the log where there is none, or none that is whole. Also where the memory is full:
-- a node that cannot begin could not even serve what it has copied.
-- KEYS: hub, log, tick, runs, nodes
-- ARGV: version, store id, key, epoch at least, node, runs to keep
-- Answers version, store id, key, epoch, first position, 1 where the log was made; of a later version nothing more.
local function whole(n)
    return string.format('%.0f', n)
end
local function base(entry)
    return tonumber(string.match(entry[1], '^%d+'))
end

local version, head, nonce = unpack(redis.call('HMGET', KEYS[1], 'version', 'head', 'nonce'))
if version and tonumber(version) > tonumber(ARGV[1]) then
    return {version}
end
local made = 0
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local fits = version and head and (newest and base(newest) + newest[2][2] - 1 == tonumber(head)
    and string.match(newest[1], '%d+$') == nonce or not newest and head == '0')
if not fits then
    made = 1
    redis.call('DEL', unpack(KEYS))
    redis.call('HSET', KEYS[1], 'version', ARGV[1], 'store', ARGV[2], 'key', ARGV[3], 'epoch', 0, 'first', 1,
        'head', 0, 'base', 0, 'nonce', -1, 'time', 0, 'bytes', 0)
elseif newest then
    redis.call('HSET', KEYS[1], 'first', whole(base(redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1])))
end
local epoch = whole(math.max(tonumber(redis.call('HGET', KEYS[1], 'epoch')), tonumber(ARGV[4])) + 1)
redis.call('HSET', KEYS[1], 'epoch', epoch)
redis.call('HSET', KEYS[4], epoch, '0 0 0')
redis.call('HSET', KEYS[5], epoch, ARGV[5])
local old = whole(epoch - ARGV[6])
redis.call('HDEL', KEYS[4], old)
redis.call('HDEL', KEYS[5], old)
local store, key, first = unpack(redis.call('HMGET', KEYS[1], 'store', 'key', 'first'))
return {ARGV[1], store, key, epoch, first, made}
