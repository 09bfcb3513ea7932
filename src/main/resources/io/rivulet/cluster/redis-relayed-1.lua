#!lua flags=allow-oom
-- Reads what was relayed behind a number, about so many bytes. Where another batch stands at that number, or none as
-- new, a master without it has come: what is there then is not what nodes have seen, and is forgotten.
-- KEYS: relayhead, relay
-- ARGV: life, number, nonce of the batch of that number (-1: not known), bytes
-- Answers life, numbers of the oldest and of the newest, its head of the log and the events that were relayed at that;
-- then the batches: {number, nonce, epoch, head of the log, before, events, time, format, body}.
local life, head, at, events = unpack(redis.call('HMGET', KEYS[1], 'life', 'number', 'at', 'events'))
if not life then
    return {0, 1, 0, 0, 0}
end
if life == ARGV[1] and tonumber(ARGV[3]) >= 0 then
    local there = redis.call('XRANGE', KEYS[2], ARGV[2], ARGV[2], 'COUNT', 1)[1]
    if tonumber(head) < tonumber(ARGV[2]) or there and there[1] ~= ARGV[2] .. '-' .. ARGV[3] then
        redis.call('DEL', KEYS[1], KEYS[2])
        return {0, 1, 0, 0, 0}
    end
end
local function number(entry)
    return string.match(entry[1], '^%d+')
end

local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local answer = {life, oldest and number(oldest) or string.format('%.0f', head + 1), head, at, events}
local from, left, more = '(' .. ARGV[2] .. '-18446744073709551615', tonumber(ARGV[4]), true
while left > 0 and more do
    local some = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', 8)
    more = #some == 8
    for _, entry in ipairs(some) do
        local of = entry[2]
        answer[#answer + 1] = {number(entry), string.match(entry[1], '%d+$'), of[2], of[4], of[6], of[8], of[10],
            of[12], of[14]}
        left = left - #of[14]
        from = '(' .. entry[1]
    end
end
return answer
