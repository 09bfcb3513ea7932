#!lua flags=allow-oom
-- Puts transient events of a node behind those of all nodes. Also where the memory is full: their bytes are bounded.
-- KEYS: relayhead, relay, hub
-- ARGV: number of the newest that is expected (-1: any), epoch, nonce, events, time, format, body, life, bytes to keep
-- Answers life, number, head of the log, events that were relayed at that head before; 0 as the number: another one is
-- the newest.
local function text(n)
    return string.format('%.0f', n)
end

if redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('DEL', KEYS[2])
    redis.call('HSET', KEYS[1], 'life', ARGV[8], 'number', 0, 'at', 0, 'events', 0, 'bytes', 0)
end
local life, number, at, events, bytes = unpack(redis.call('HMGET', KEYS[1], 'life', 'number', 'at', 'events', 'bytes'))
if tonumber(ARGV[1]) >= 0 and tonumber(ARGV[1]) ~= tonumber(number) then
    return {life, 0, 0, 0}
end
local head = redis.call('HGET', KEYS[3], 'head') or '0'
number = text(tonumber(number) + 1)
local before = tonumber(at) == tonumber(head) and events or '0'
redis.call('XADD', KEYS[2], number .. '-' .. ARGV[3], 'epoch', ARGV[2], 'at', head, 'before', before, 'events', ARGV[4],
    'time', ARGV[5], 'format', ARGV[6], 'body', ARGV[7])
bytes = tonumber(bytes) + #ARGV[7]
while bytes > tonumber(ARGV[9]) do
    local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
    if oldest[1] == number .. '-' .. ARGV[3] then
        break
    end
    bytes = bytes - #oldest[2][14]
    redis.call('XDEL', KEYS[2], oldest[1])
end
redis.call('HSET', KEYS[1], 'number', number, 'at', head, 'events', text(tonumber(before) + tonumber(ARGV[4])),
    'bytes', text(bytes), 'newest', number .. '-' .. ARGV[3])
return {life, number, head, before}
