-- wrk's requests: histories of 50 random items of DOMAIN, whose ids are PREFIX and a number below ITEMS, or those of the lines of the file IDS.
local ids = {}
if os.getenv("IDS") then
  for line in io.lines(os.getenv("IDS")) do ids[#ids + 1] = line end
end

local function id()
  return #ids > 0 and ids[math.random(#ids)] or "i" .. math.random(0, tonumber(os.getenv("ITEMS")) - 1)
end

local bodies = {}

function init()
  math.randomseed(os.time())
  for b = 1, 200 do
    local events = {}
    for e = 1, 50 do events[e] = string.format('{"domain":"%s","item":"%s"}', os.getenv("DOMAIN"), id()) end
    bodies[b] = '{"top":10,"history":[' .. table.concat(events, ",") .. "]}"
  end
end

function request()
  return wrk.format("POST", "/recommend", { ["Content-Type"] = "application/json" }, bodies[math.random(#bodies)])
end

