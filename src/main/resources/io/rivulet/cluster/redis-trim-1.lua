-- Removes the oldest batches beyond these bounds, some of them; the newest stays.
-- KEYS: hub, log
-- ARGV: bytes, events or 0 for any, oldest time, batches to remove at most
-- Answers how many were removed.
local function whole(n)
    return string.format('%.0f', n)
end
local function base(entry)
    return tonumber(string.match(entry[1], '^%d+'))
end

local first, head, newest, bytes = unpack(redis.call('HMGET', KEYS[1], 'first', 'head', 'base', 'bytes'))
if not head or head == '0' then
    return 0
end
local events, most = tonumber(ARGV[2]), tonumber(ARGV[4])
local function goes(entry)
    local fields = entry[2]
    return tonumber(fields[10]) <= bytes - ARGV[1] or tonumber(fields[6]) < tonumber(ARGV[3])
        or events > 0 and base(entry) + fields[2] - 1 <= head - events
end

-- What goes is a beginning of the log: the first batch that stays is found by halving.
local low, high = tonumber(first), tonumber(newest)
while low < high do
    local middle = math.floor((low + high) / 2)
    local entry = redis.call('XRANGE', KEYS[2], whole(middle) .. '-0', '+', 'COUNT', 1)[1]
    if not entry then
        return 0
    end
    if goes(entry) then
        low = math.min(base(entry) + 1, high)
    else
        high = middle
    end
end
if low <= tonumber(first) then
    return 0
end
-- Whole nodes of the stream go at little cost. The rest is part of one node, unless there was too much for one time.
local removed = redis.call('XTRIM', KEYS[2], 'MINID', '~', whole(low) .. '-0', 'LIMIT', most)
if removed < most / 2 then
    removed = removed + redis.call('XTRIM', KEYS[2], 'MINID', whole(low) .. '-0')
end
if removed > 0 then
    redis.call('HSET', KEYS[1], 'first', whole(base(redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1])))
end
return removed
