-- Appends a batch of one run, once.
-- KEYS: hub, log, tick, runs, relayhead
-- ARGV: epoch, number of the batch in its run, head that is expected or -1, events, nonce, time, format, body
-- Answers outcome (0 appended, 1 the head has moved, 2 this run is not known), base, time, nonce of the batch before;
-- where it is appended also up to where was relayed: life, number, nonce.
local function whole(n)
    return string.format('%.0f', n)
end

local function relayed()
    local life, number, newest = unpack(redis.call('HMGET', KEYS[5], 'life', 'number', 'newest'))
    if not life then
        return {0, 0, -1}
    end
    return {life, number, newest and string.match(newest, '^' .. number .. '%-(%d+)$') or false}
end

local head, nonce, time, bytes = unpack(redis.call('HMGET', KEYS[1], 'head', 'nonce', 'time', 'bytes'))
local run = redis.call('HGET', KEYS[4], ARGV[1])
if not head or not run or head ~= '0' and redis.call('EXISTS', KEYS[2]) == 0 then
    return {2, 0, 0, -1}
end
local number = tonumber(ARGV[2])
local last, base, at = string.match(run, '^(%d+) (%d+) (%d+)$')
if tonumber(last) > number then
    return {2, 0, 0, -1}
end
if tonumber(last) == number then
    return {0, tonumber(base), tonumber(at), -1, relayed()}
end
if ARGV[3] ~= '-1' and ARGV[3] ~= head then
    return {1, 0, 0, -1}
end
base = tonumber(head) + 1
at = math.max(tonumber(time), tonumber(ARGV[6]))
local after = whole(tonumber(bytes) + #ARGV[8])
local id = whole(base) .. '-' .. ARGV[5]
-- what a full memory refuses, it refuses here, before anything is written
redis.call('XADD', KEYS[2], id, 'events', ARGV[4], 'epoch', ARGV[1], 'time', whole(at), 'format', ARGV[7],
    'after', after, 'body', ARGV[8])
redis.call('HSET', KEYS[1], 'head', whole(base + ARGV[4] - 1), 'base', whole(base), 'nonce', ARGV[5],
    'time', whole(at), 'bytes', after)
redis.call('HSET', KEYS[4], ARGV[1], whole(number) .. ' ' .. whole(base) .. ' ' .. whole(at))
redis.call('XADD', KEYS[3], 'MAXLEN', 1, id, 'new', 1)
return {0, base, at, tonumber(nonce), relayed()}
