/*! Rivulet's client, Apache-2.0 */
(function(){'use strict'
var o=['hello','gap','cursor','topics','expiring','heartbeat','end'].map(function(e){return'rivulet.'+e}),s=25,a=256000,u=30000,h=3000
function t(){return Date.now()}
function e(){}
function p(e){if(!self.document)return new URL(e,location.href).href
var t=document.createElement('a')
t.href=e
return t.href}
function n(){var e='',t=self.crypto?crypto.getRandomValues(new Uint8Array(26)):[]
for(var n=0;n<26;n++)e+=((t[n]||Math.random()*256)%32|0).toString(32)
return e}
function d(e){var t={}
e.forEach(function(e){t[e]=1})
return t}
function i(e){return encodeURIComponent(e).length>h}
function c(t){if(self.Promise)return new Promise(t)
t(e,e)}
function r(e,t){try{if(t===undefined)return sessionStorage.getItem(e)
sessionStorage.setItem(e,t)}catch(n){}}
function l(e,t){var n='',r=[],o='',i
return function(s){var a=(n+s).split(/\r\n|\n|\r(?!$)/)
n=a.pop()
a.forEach(function(n){var s=/^([^:]*):? ?([^]*)/.exec(n),a=s[1],l=s[2]
if(!n){if(r.length)e(o||'message',r.join('\n'),i)
r=[]
o=''}else if(a==='data')r.push(l)
else if(a==='event')o=l
else if(a==='id'&&l.indexOf('\0')<0)i=l
else if(a==='retry'&&/^\d+$/.test(l))t(+l)})}}
function Rivulet(eD,tq,R){var h=this,m=tq||{}
h.url=p(eD)
h.withCredentials=!!m.withCredentials
var T=m.plain||/\/\.well-known\/mercure|[?&]hello=false/.test(eD),eb=m.heartbeat||+(/[?&]heartbeat=(\d+)/.exec(eD)||[0,15])[1],eZ=(m.mute||10)*1000,tz=(m.pause||30)*1000,U=m.persist&&'rivulet:'+(m.persist===!0?h.url:m.persist),j=m.lastEventId||U&&r(U)||'',z={},x={},b={},O={},eg={},ec=!1,eL,et=[],S=h.url.replace(/#.*/,'').replace(/([?&])topic=([^&]*)/g,function(e,t,n){eM(decodeURIComponent(n.replace(/\+/g,' ')))
return t}).replace(/([?&])&+/g,'$1').replace(/[?&]$/,'')
;(m.topics||[]).forEach(eM)
var V=!m.topics&&!Object.keys(x).length||/[?&]match/.test(S),eh=S.replace(/\?.*/,''),tj=eh.split('/').slice(0,3).join('/'),eJ='rivulet:transport:'+eh,A=m.share&&!T&&!V&&!/[?&]envelope/.test(S)&&(m.share!==!0||!m.token&&!m.headers)
&&self.BroadcastChannel&&navigator.locks&&['rivulet',S,h.withCredentials,m.share].join()
var H=0,y=null,M=null,q=!1,es=!1,ex=!1,g='',ey=!1,eE=r(eJ)==='poll',X=0,D=0,ts=0,eu=0,ee=0,ev=0,eB=0,w,eP=!1,P,eO=!1,tc,em,E=[],eC=!1,ta=0,eI=0,G={},eA,Z,I,eq,Y,ed,L,F
h.readyState=0
h.onopen=h.onmessage=h.onerror=null
h.onstate=m.onstate||null
h.onresume=m.onresume||null
function eM(e){x[e]=(x[e]||0)+1}
function N(){return Object.keys(x)}
function er(e,t){try{if(typeof e==='function')e.call(h,t)
else if(e)e.handleEvent(t)}catch(n){setTimeout(function(){throw n})}}
function ei(e,t){t.type=e
t.target=t.currentTarget=h
if(/^(open|error|message)$/.test(e))er(h['on'+e],t)
;(z[e]||[]).slice().forEach(function(n){if(n.once)h.removeEventListener(e,n.listener)
er(n.listener,t)})}
function k(e,t){var n=t||{}
n.state=e
n.transport=g
n.anonymous=em
var r=[e,g,n.status,em].join()
if(r===eA)return
eA=r
G=n
if(R)R({state:n})
er(h.onstate,n)}
function ti(e,t){er(h.onresume,{resumed:e,missed:t.missed,transient:t.transient})}
function W(){if(q)return
q=es=!0
ey=eO=!1
eu=0
if(g==='poll'&&eE)r(eJ,g)
if(h.readyState!==1){h.readyState=1
ei('open',{})}
if(T)k('live')
J()}
function tr(){clearTimeout(ev)
ev=setTimeout(function(){if(h.readyState===1)k('live')},200)}
function tv(e){var n=h.readyState===1
em=tc&&!e.as||undefined
if(ec){var r=Object.keys(b)
b={}
e.topics.filter(function(e){return!V||x[e]}).forEach(ez)
if(e.resumed==='exact'&&!r.every(function(e){return b[e]})){e.resumed='partial'
e.missed=null}}
M=e
tc=e.as
q=!1
W()
if(e.resumed==='live'||n&&e.resumed==='exact')k('live')
else{ti(e.resumed,e)
eB=t()+10000
k('catching up')
tr()}
K()}
function ea(e,n,r){var i=o.indexOf(e)>=0&&JSON.parse(n)
D=t()
if(r)j=r
if(e==='rivulet.hello')tv(i)
else{X=0
ex=ex||g!=='poll'
W()
if(G.state!=='catching up')k('live')
else if(D<eB)tr()}
if(e==='rivulet.gap')ti('partial',i)
if(e==='rivulet.expiring')tT()
if(R)R({type:e,data:n,id:r},i)
if(e==='rivulet.topics'&&w)w()
if(e!=='rivulet.heartbeat')ei(e,{data:n,lastEventId:j,origin:tj})
if(e==='rivulet.end')eK('ended',i)}
function C(){H++
clearTimeout(ee)
clearTimeout(ev)
ee=0
M=null
q=w=!1
ed=L=null
if(y)y.close()
y=null}
function eU(e){if(m.transports&&m.transports.indexOf(e)<0)return!1
if(e==='eventsource')return self.EventSource&&!ey&&!R&&!m.token&&!m.headers
if(e==='fetch')return self.fetch&&self.ReadableStream&&self.AbortController
return!0}
function f(){C()
if(h.readyState===2)return
var r=N()
eQ()
g=A?'shared':eE&&eU('poll')?'poll':['eventsource','fetch','xhr','poll'].filter(eU)[0]||'eventsource'
var o=r.filter(function(e){return!O[e]})
if(!V&&!o.length){o=r
O={}
if(es)j=''}
b=d(o)
ec=!T&&!/poll|shared/.test(g)&&i(o)
if(!ec||!eL){eL=n()
while(ec&&i(o))o.pop()
eg=d(o)}
if(!V&&!r.length){h.readyState=0
Q()
return k('idle')}
if(g==='poll'&&r.length>o.length)w=e
if(h.readyState!==1&&!/refused|offline/.test(G.state))k('connecting')
D=t()
var s={shared:tf,eventsource:tp,fetch:tm}[g]||tg
eG(v(s),v(function(e){B({reason:String(e)})}))}
function v(e){var t=H
return function(n,r,o){if(t===H)e(n,r,o)}}
function en(e){var t=e||''
if(!T){t+='&heartbeat=event&session='+eL+(R?'&envelope=json':'')
if(!/[?&]heartbeat=\d/.test(S))t+='&heartbeat='+eb}
for(var n in eg)t+='&topic='+encodeURIComponent(n)
if(j)t+='&last_event_id='+encodeURIComponent(j)
return S+(S.indexOf('?')<0?t.replace('&','?'):t)}
function tp(){var e=new EventSource(en(),{withCredentials:h.withCredentials}),t=v(function(e){ea(e.type,e.data,e.lastEventId)})
y={hear:function(n){if(!/^(open|error)$/.test(n))e.addEventListener(n,t)},close:function(){e.close()}}
z.message=z.message||[]
o.concat(Object.keys(z)).filter(function(e,t,n){return n.indexOf(e)===t}).forEach(y.hear)
e.onopen=v(function(){if(T)W()})
e.onerror=v(function(){ey=e.readyState===2
if(q)eT()
else B()})}
function eW(e){for(var t in m.headers)e[t]=m.headers[t]
if(P)e.Authorization='Bearer '+P
return e}
function te(e,t,n,r){var o=new XMLHttpRequest()
o.open(e,t)
o.withCredentials=h.withCredentials
for(var i in eW(n))o.setRequestHeader(i,n[i])
o.onreadystatechange=function(){r(function(e){return o.getResponseHeader(e)})}
return o}
function tm(){var e=new AbortController()
y={close:function(){e.abort()}}
var t=v(function(){B()})
fetch(en(),{cache:'no-store',headers:eW({Accept:'text/event-stream'}),signal:e.signal,credentials:h.withCredentials?'include':'same-origin'}).then(v(function(e){function n(t){return e.headers.get(t)}
if(!eH(e.status,n)){e.text().then(v(function(t){eS(e.status,t,n)})).then(null,t)
return}
var r=new TextDecoder(),o=tt(),i=e.body.getReader(),s=v(function(e){if(e.done)return eT()
o(r.decode(e.value,{stream:!0}))
a()})
if(T)W()
a()
function a(){i.read().then(s).then(null,t)}})).then(null,t)}
function tt(){var e=l(v(ea),function(e){ts=e})
return function(n){D=t()
e(n)}}
function tg(){var e=0,t=tt(),n=g==='poll',r=te('GET',en(!n?'&padding=2048&max='+a
:'&transport=poll&timeout='+(w?0:h.readyState===1?s:1)),{Accept:'text/event-stream'},v(function(i){if(r.readyState<3)return
var s=r.readyState===4
if(!r.status)return s&&B()
if(!eH(r.status,i))return s&&eS(r.status,r.responseText,i)
if(T)W()
var l=r.responseText,c=l.slice(e)
e=l.length
if(c)t(c)
if(s&&y===o){if(n)O={}
eT(n||e>=a)}}))
r.onprogress=r.onreadystatechange
var o=y={close:function(){r.abort()}}
r.send()}
function eH(e,t){return e===200&&/^text\/event-stream/i.test(t('Content-Type'))}
function el(){h.readyState=0
if(R)j=''
ei('error',{})}
function eT(e){var t=q
if(t&&e)return f()
C()
el()
if(h.readyState===2)return
k('connecting')
ee=setTimeout(f,ek(t?0:eu++,ts||1000))}
function ek(e,t){var n=Math.min(tz,1000*Math.pow(2,e))/2
return Math.max(n,t||0)+Math.random()*n}
function B(e,t){C()
k(e&&e.status?'refused':'offline',e)
el()
if(h.readyState!==2)ee=setTimeout(f,ek(eu++,t))}
function eS(e,t,n){var r=eR(e,t,n)
if(e===401&&typeof m.token==='function'&&!eO){eO=!0
P=undefined
return f()}
if(e===204||ew(e)&&!(e===404&&es))return eK('refused',r)
B(r,r.after)}
function ew(e){return e>=400&&e<500&&!/408|425|429/.test(e)}
function eR(e,t,n){var r={}
try{r=JSON.parse(t)}catch(o){}
return{status:e,reason:r.detail||r.title||'status '+e,requestId:r.requestId||n('X-Request-Id'),after:n('Retry-After')*1000}}
function eK(e,t){C()
Q()
x={}
b={}
t.final=!0
h.readyState=2
k(e,t)
ei('error',{})}
function th(){if(U&&j)r(U,j)
if(R)R({state:G})
if(!y)return
var e=g==='poll'?eZ+s*1000:!q?eZ:T?Infinity:eb*2500
if(t()-D<=e)return
if(g==='shared'){if(X++)eo(!0)
return f()}
if(!q&&!ex||++X>1){eE=g!=='poll'
X=0}
C()
k('offline')
el()
f()}
function tu(){if(ee)f()
else th()}
function eY(){eu=0
f()}
function tw(){if(U&&j)r(U,j)
C()
Q()}
function tR(e){if(e.persisted)eY()}
function tb(){if(h.readyState!==2)k('offline')}
function eX(e){self[e]('online',eY)
self[e]('offline',tb)
self[e]('pagehide',tw)
self[e]('pageshow',tR)
if(self.document){document[e]('visibilitychange',tu)
document[e]('resume',tu)}}
function eG(e,t){if(P!==undefined||!m.token)return e()
function n(t){P=t||''
e()}
try{var r=typeof m.token==='function'?m.token():m.token
if(r&&r.then)r.then(n,t)
else n(r)}catch(o){t(o)}}
function eN(t,n,r,o,i){eG(function(){var e=te(t,n,r,function(t){if(e.readyState===4)i(e.status,e.responseText,t)})
e.timeout=u
e.send(o)},function(t){i(0,String(t),e)})}
function tn(e,t){eN('PATCH',eh.replace(/updates\/?$/,'connections/')+M.connection,{'Rivulet-Secret':M.secret},e,t)}
function tT(){if(typeof m.token!=='function'||!M)return
P=undefined
tn(null,e)}
function K(){var e=N().filter(function(e){return!b[e]}),t=Object.keys(b).filter(function(e){return!x[e]})
if(/idle|ended/.test(G.state)){if(e.length){h.readyState=0
f()}
return}
if(w)return
if(g==='poll'&&h.readyState===1&&e.length+t.length)return f()
if(!q)return
et=et.filter(function(e){if(b[e.topic])e.done()
return!b[e.topic]})
if(!e.length&&!t.length)return
if(!M||!V&&!N().length)return eF()
if(g==='shared')return eQ()?ef():f()
if(eP)e=e.slice(0,1)
var n=w=function(){w=0
e.forEach(ez)
t.forEach(function(e){delete b[e]})
K()}
tn(JSON.stringify({add:e,remove:t}),function(t,r,o){if(w!==n||t===200)return
w=0
if(ew(t)&&t!==401&&t!==404&&e.length){eP=e.length>1
if(!eP)ty(e[0],eV(eR(t,r,o)))}else{return eF()}
K()})}
function eF(){O={}
f()}
function ez(e){b[e]=1
delete O[e]}
function ty(e,t){delete x[e]
delete O[e]
et=et.filter(function(n){if(n.topic===e)n.fail(t)
return n.topic!==e})}
function eV(e){var t=new Error(e.reason)
t.status=e.status
t.requestId=e.requestId
return t}
function tl(){setTimeout(K)}
function tE(e){return!/^urlpattern:|[{}]/.test(e)}
function eQ(){if(i(N())||!N().every(tE))ep()
return A}
function ep(){Q()
A=''}
function Q(){if(!I)return
to()
I.close()
I=null
if(eq)eq()}
function tf(){y={close:e}
if(I)return ef()
var t=I=new BroadcastChannel(A)
t.onmessage=function(e){tk(e.data)}
Z=n()
navigator.locks.request(A+Z,function(){return new Promise(function(e){if(I!==t)return e()
eq=e
eo()
ef()})}).then(null,function(){ep()
f()})}
function ef(){w=e
I.postMessage({tab:Z,turn:H,topics:N()})}
function tk(e){var n=e.state
if(!e.run)return
D=t()
X=0
if(e.lead)f()
else if(e.no===Z+H||n&&n.final&&n.state==='refused'){ep()
f()}else if(n){if(/live|catch|idle|end/.test(n.state))return
if(q){q=!1
el()}
k(n.state,n)}else if(e.to){if(e.to!==Z+H)return
w=0
if(ed){eg=b={}
e.topics.forEach(ez)
K()}else{ed=e.run
L=[]
ej()}}else td(e)}
function td(e){if(L)return L.push(e)
if(e.run!==ed||F&&F[e.id])return
var t=!e.topics||e.topics.some(tO)
if(t&&e.end&&!/\*(,|$)/.test(N())){e.end=0
L=[e]
ej()}else if(t&&e.type){if(e.topics)F=null
ea(e.type,e.data,e.id)}else if(e.id&&!F)j=e.id}
function tO(e){return N().some(function(t){return t===e||/\*$/.test(t)&&e.indexOf(t.slice(0,-1))===0})}
function ej(){var t,n=y,r=l(v(function(e,n,r){t=e==='rivulet.cursor'
if(o.indexOf(e)<0)(F=F||{})[r]=1
ea(e,n,r)}),e)
eN('GET',en('&transport=poll&timeout=0'),{},null,v(function(e,o,i){if(!eH(e,i))return eS(e,o,i)
r(o)
if(y!==n)return
if(!t)return ej()
var s=L
L=null
s.forEach(td)}))}
function eo(e){to()
var t=Y={stop:new AbortController()}
navigator.locks.request(A,e?{steal:!0}:{signal:t.stop.signal},function(){return new Promise(function(e){t.done=e
if(Y===t)tx(t)
else e()})}).then(null,function(){if(Y===t)eo()})}
function to(){var e=Y
if(!e)return
Y=null
e.stop.abort()
if(e.stream){e.stream.close()
e.line.close()}
if(e.done)e.done()}
function tx(e){var t=n(),r={},o=e.line=new BroadcastChannel(A)
function i(e){e.run=t
o.postMessage(e)}
var s=e.stream=new Rivulet(S.replace(/([?&])since=[^&]*/,'$1'),Object.assign({},m,{topics:[],share:0,persist:0,lastEventId:0,onstate:0,onresume:0}),function(e,r){var o=e.type
if(o==='rivulet.hello'&&r.resumed!=='exact'){t=n()
return i({lead:1})}
if(r)e=o==='rivulet.gap'?{type:o,data:e.data}:{id:e.id}
else if(o){var s=JSON.parse(e.data)
s.id=e.id
s.type=s.end&&!s.type&&!s.data?'':o
e=s}
i(e)})
o.onmessage=function(e){var t=e.data,n=t.tab,o=r[n]||[]
if(t.lead)return eo()
if(!n)return
if(!r[n]){navigator.locks.request(A+n,function(){r[n].forEach(s.unsubscribe)
delete r[n]})}
r[n]=t.topics
Promise.all(t.topics.map(s.subscribe)).then(function(){i({to:n+t.turn,topics:t.topics})},function(){i({no:n+t.turn})})
o.forEach(s.unsubscribe)}
i({lead:1})}
function J(){var e=E[0]
clearTimeout(eI)
if(!e||eC)return
eC=!0
eN('POST',eh,{'Content-Type':'application/x-www-form-urlencoded','Idempotency-Key':e.key},e.body,function(t,n,r){eC=!1
if(E[0]!==e)return J()
var o=t===401&&typeof m.token==='function'&&!e.renewed
if(o){e.renewed=!0
P=undefined}else if(t===200){E.shift()
ta=0
e.done(n.trim())}else if(ew(t)){E.shift()
e.fail(eV(eR(t,n,r)))}else{eI=setTimeout(J,ek(ta++,r('Retry-After')*1000))
return}
J()})}
h.publish=function(e,t,r){return c(function(o,i){if(h.readyState===2)return i(new Error('it is closed'))
if(E.length>=(m.queue||100))return i(new Error('too many publishes wait: '+E.length))
var s={topic:e,data:typeof t==='string'?t:JSON.stringify(t)},a=r||{},l=a.key||n()
for(var c in a)if(c!=='key')s[c]=a[c]
E.push({key:l,done:o,fail:i,body:Object.keys(s).map(function(e){return[].concat(s[e]).map(function(t){return e+'='+encodeURIComponent(t)}).join('&')}).join('&')})
if(E.length===1)J()})}
h.subscribe=function(e){if(es&&!x[e]&&!b[e])O[e]=1
eM(e)
return c(function(t,n){if(T)return n(new Error('the topics stand in the URL'))
et.push({topic:e,done:t,fail:n})
tl()})}
h.unsubscribe=function(e){if(x[e]&&!--x[e]){delete x[e]
delete O[e]
tl()}}
h.addEventListener=function(e,t,n){var r=z[e]
if(!r){r=z[e]=[]
if(y&&y.hear&&o.indexOf(e)<0)y.hear(e)}
if(!r.some(function(e){return e.listener===t})){r.push({listener:t,once:n&&n.once})}}
h.removeEventListener=function(e,t){if(z[e])z[e]=z[e].filter(function(e){return e.listener!==t})}
h.close=function(){C()
h.readyState=2
clearInterval(tS)
clearTimeout(eI)
Q()
eA=G={}
eX('removeEventListener')
E.splice(0).forEach(function(e){e.fail(new Error('it was closed'))})}
eX('addEventListener')
var tS=setInterval(th,Math.min(5000,eb*500))
setTimeout(function(){if(!H)f()})}
Rivulet.CONNECTING=Rivulet.prototype.CONNECTING=0
Rivulet.OPEN=Rivulet.prototype.OPEN=1
Rivulet.CLOSED=Rivulet.prototype.CLOSED=2
self.Rivulet=Rivulet})()
