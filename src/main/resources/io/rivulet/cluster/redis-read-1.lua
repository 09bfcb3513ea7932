-- Reads on behind a position, about so many bytes.
-- KEYS: hub, log, relayhead
-- ARGV: position, bytes
-- Answers first position, head, epoch, stream id of the newest batch, the batch at the position without its body, up to
-- where was relayed (life, number, nonce), the batches behind it: {stream id, events, epoch, time, format, body}. Nil
-- where there is no log, or none that is whole.
local first, head, epoch, base, nonce = unpack(redis.call('HMGET', KEYS[1], 'first', 'head', 'epoch', 'base', 'nonce'))
if not head or head ~= '0' and redis.call('EXISTS', KEYS[2]) == 0 then
    return false
end
local function told(entry, body)
    local fields = entry[2]
    return {entry[1], fields[2], fields[4], fields[6], fields[8], body and fields[12]}
end

local function relayed()
    local life, number, newest = unpack(redis.call('HMGET', KEYS[3], 'life', 'number', 'newest'))
    if not life then
        return {0, 0, -1}
    end
    return {life, number, newest and string.match(newest, '^' .. number .. '%-(%d+)$') or false}
end

local newest = head == '0' and '0-0' or base .. '-' .. nonce
local at = redis.call('XREVRANGE', KEYS[2], ARGV[1] .. '-18446744073709551615', '-', 'COUNT', 1)[1]
local answer = {first, head, epoch, newest, at and told(at, false) or false, relayed()}
local from = '(' .. ARGV[1] .. '-18446744073709551615'
local left, count, more = tonumber(ARGV[2]), 1, true
while left > 0 and more do
    local some = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', count)
    more = #some == count
    for _, entry in ipairs(some) do
        if left > 0 then
            answer[#answer + 1] = told(entry, true)
            left = left - #entry[2][12]
        end
        from = '(' .. entry[1]
    end
    count = math.min(64, count * 2)
end
if #answer == 6 and tonumber(head) > tonumber(ARGV[1]) then
    return false
end
return answer
