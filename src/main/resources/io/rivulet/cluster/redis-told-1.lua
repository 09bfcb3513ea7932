-- Reads the notes behind a number, about so many bytes.
-- KEYS: notehead, notes
-- ARGV: number, bytes
-- Answers life, number of the oldest, number of the newest, then the notes: {number, epoch, body}.
local life, head = unpack(redis.call('HMGET', KEYS[1], 'life', 'number'))
if not life or not head then
    return {0, 1, 0}
end
local function number(entry)
    return string.match(entry[1], '^%d+')
end

local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local answer = {life, oldest and number(oldest) or head + 1, head}
local from, left, more = '(' .. ARGV[1] .. '-1', tonumber(ARGV[2]), true
while left > 0 and more do
    local some = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', 8)
    more = #some == 8
    for _, entry in ipairs(some) do
        answer[#answer + 1] = {number(entry), entry[2][2], entry[2][4]}
        left = left - #entry[2][4]
        from = '(' .. entry[1]
    end
end
return answer
