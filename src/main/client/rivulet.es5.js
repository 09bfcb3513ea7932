/*! Rivulet's client, Apache-2.0 */
(function(){'use strict'
var r=['hello','gap','cursor','topics','expiring','heartbeat','end'].map(function(e){return'rivulet.'+e})
var i=25
var s=256000
var c=30000
function t(){return Date.now()}
function e(){}
function d(e){if(!self.document)return new URL(e,location.href).href
var t=document.createElement('a')
t.href=e
return t.href}
function o(){var e=''
var t=!self.crypto?[]:crypto.getRandomValues(new Uint8Array(26))
for(var n=0;n<26;n++)e+=((t[n]||Math.random()*256)%32|0).toString(32)
return e}
function l(t){if(self.Promise)return new Promise(t)
t(e,e)}
function n(e,t){try{if(t===undefined)return sessionStorage.getItem(e)
sessionStorage.setItem(e,t)}catch(n){}}
function a(e,t){var n=''
var r=[]
var o=''
var i
var s=false
return function(a){if(!s&&a){s=true
if(a.charCodeAt(0)===0xFEFF)a=a.slice(1)}
var l=(n+a).split(/\r\n|\n|\r(?!$)/)
n=l.pop()
for(var c=0;c<l.length;c++){var d=l[c]
var u=d.indexOf(':')
var h=u<0?d:d.slice(0,u)
var p=u<0?'':d.slice(d.charAt(u+1)===' '?u+2:u+1)
if(!d){if(r.length)e(o||'message',r.join('\n'),i)
r=[]
o=''}else if(h==='data')r.push(p)
else if(h==='event')o=p
else if(h==='id'&&p.indexOf('\0')<0)i=p
else if(h==='retry'&&/^\d+$/.test(p))t(+p)}}}
function Rivulet(ez,th,w){var u=this
var h=th||{}
u.url=d(ez)
u.withCredentials=!!h.withCredentials
var T=h.plain||/\/\.well-known\/mercure|[?&]hello=false/.test(ez)
var es=h.heartbeat||+(/[?&]heartbeat=(\d+)/.exec(ez)||[0,15])[1]
var eM=(h.mute||10)*1000
var eY=(h.pause||30)*1000
var L=h.persist&&'rivulet:'+(h.persist===true?u.url:h.persist)
var g=h.lastEventId||L&&n(L)||''
var j={}
var E={}
var k={}
var V=[]
var q=u.url.replace(/#.*/,'').replace(/([?&])topic=([^&]*)/g,function(e,t,n){eT(decodeURIComponent(n.replace(/\+/g,' ')))
return t}).replace(/([?&])&+/g,'$1').replace(/[?&]$/,'')
;(h.topics||[]).forEach(eT)
var ec=!h.topics&&!Object.keys(E).length||/[?&]match/.test(q)
var er=q.replace(/\?.*/,'')
var tp=er.split('/').slice(0,3).join('/')
var eD='rivulet:transport:'+er
var O=h.share&&!T&&!ec&&!/[?&]envelope/.test(q)&&(h.share!==true||!h.token&&!h.headers)
&&self.BroadcastChannel&&navigator.locks&&['rivulet',q,u.withCredentials,h.share].join()
var p=0
var y=null
var C=null
var b=false
var eI=false
var ed=false
var v=''
var ei=false
var ef=n(eD)==='poll'
var F=0
var A=0
var eW=0
var en=0
var et=0
var ea=0
var eA=0
var ee=false
var eq=false
var N
var eb=false
var eJ
var z=[]
var ex=false
var eX=0
var ew=0
var x={}
var B
var R
var ep
var H
var ek
var I
var P
u.readyState=0
u.onopen=u.onmessage=u.onerror=null
u.onstate=h.onstate||null
u.onresume=h.onresume||null
function eT(e){E[e]=(E[e]||0)+1}
function Z(){return Object.keys(E)}
function tt(){return Z()}
function W(e,t){try{if(typeof e==='function')e.call(u,t)
else if(e)e.handleEvent(t)}catch(n){setTimeout(function(){throw n})}}
function Q(e,t){t.type=e
t.target=t.currentTarget=u
if(/^(open|error|message)$/.test(e))W(u['on'+e],t)
;(j[e]||[]).slice().forEach(function(n){if(n.once)u.removeEventListener(e,n.listener)
W(n.listener,t)})}
function f(e,t){var n=t||{}
n.state=e
n.transport=v
if(['state','transport','status','anonymous'].every(function(e){return n[e]===x[e]}))return
x=n
if(w)w({state:n})
W(u.onstate,n)}
function eK(e,t){W(u.onresume,{resumed:e,missed:t.missed,transient:t.transient})}
function M(){if(b)return
b=eI=true
ei=eb=false
en=0
if(v==='poll'&&ef)n(eD,v)
if(u.readyState!==1){u.readyState=1
Q('open',{})}
if(T)f('live')
Y()}
function eB(){clearTimeout(ea)
ea=setTimeout(function(){if(u.readyState===1)f('live',{anonymous:x.anonymous})},200)}
function tl(e){var n=u.readyState===1
var r=eJ&&!e.as||undefined
C=e
eJ=e.as
b=false
M()
if(e.resumed==='live'||n&&e.resumed==='exact')f('live',{anonymous:r})
else{eK(e.resumed,e)
eA=t()+10000
f('catching up',{anonymous:r})
eB()}
eu()}
function U(e,n,o){var i=r.indexOf(e)>=0&&JSON.parse(n)
A=t()
if(o)g=o
if(e==='rivulet.hello')tl(i)
else{F=0
ed=ed||v!=='poll'
M()
if(x.state!=='catching up')f('live',{anonymous:x.anonymous})
else if(A<eA)eB()}
if(e==='rivulet.gap')eK('partial',i)
if(e==='rivulet.expiring')tm()
if(w)w({type:e,data:n,id:o},i)
if(e!=='rivulet.heartbeat')Q(e,{data:n,lastEventId:g,origin:tp})
if(e==='rivulet.end')eL('ended',i)}
function S(){p++
clearTimeout(et)
clearTimeout(ea)
et=0
C=null
b=ee=false
ek=I=null
if(y)y.close()
y=null}
function eE(e){if(h.transports&&h.transports.indexOf(e)<0)return false
if(e==='eventsource')return self.EventSource&&!ei&&!w&&!h.token&&!h.headers
if(e==='fetch')return self.fetch&&self.ReadableStream
return true}
function m(){S()
if(u.readyState===2)return
if(!Z().every(tf))eo()
var e=O?['shared']:ef&&eE('poll')?['poll']:['eventsource','fetch','xhr','poll'].filter(eE)
v=e[0]||'eventsource'
k={}
tt().forEach(function(e){k[e]=1})
if(!ec&&!Object.keys(k).length){u.readyState=0
G()
if(w)g=''
return f('idle')}
if(u.readyState!==1&&!/refused|offline/.test(x.state))f('connecting')
A=t()
var n=p
var r={shared:ti,eventsource:tr,fetch:to,xhr:eN,poll:eN}
eS(function(){if(n===p)r[v](n)},function(e){if(n===p)D({reason:String(e)})})}
function K(e){var t=e||''
if(!T){t+='&heartbeat=event'+(w?'&envelope=json':'')
if(!/[?&]heartbeat=\d/.test(q))t+='&heartbeat='+es}
for(var n in k)t+='&topic='+encodeURIComponent(n)
if(g)t+='&last_event_id='+encodeURIComponent(g)
return q+(q.indexOf('?')<0?t.replace('&','?'):t)}
function tr(e){var t=new EventSource(K(),{withCredentials:u.withCredentials})
function n(t){if(e===p)U(t.type,t.data,t.lastEventId)}
y={hear:function(e){if(!/^(open|error)$/.test(e))t.addEventListener(e,n)},close:function(){t.close()}}
j.message=j.message||[]
r.concat(Object.keys(j)).filter(function(e,t,n){return n.indexOf(e)===t}).forEach(y.hear)
t.onopen=function(){if(e===p&&T)M()}
t.onerror=function(){if(e!==p)return
ei=t.readyState===2
if(b)em()
else D()}}
function eh(e){for(var t in h.headers)e(t,h.headers[t])
if(N)e('Authorization','Bearer '+N)}
function to(e){var t={Accept:'text/event-stream'}
var n=self.AbortController&&new AbortController()
var r
y={close:function(){n?n.abort():r&&r.cancel()}}
eh(function(e,n){t[e]=n})
function o(){if(e===p)D()}
fetch(K(),{cache:'no-store',headers:t,credentials:u.withCredentials?'include':'same-origin',signal:n?n.signal:undefined}).then(function(t){if(e!==p)return
if(!ej(t.status,t.headers.get('Content-Type'))){return t.text().then(function(n){if(e===p)ey(t.status,n,function(e){return t.headers.get(e)})})}
var n=new TextDecoder()
var i=eF(e)
if(T)M()
r=t.body.getReader()
s()
function s(){r.read().then(function(t){if(e!==p)return
if(t.done)return em()
i(n.decode(t.value,{stream:true}))
s()}).then(null,o)}}).then(null,o)}
function eF(e){var n=a(function(t,n,r){if(e===p)U(t,n,r)},function(e){eW=e})
return function(e){A=t()
n(e)}}
function eN(e){var t=new XMLHttpRequest()
var n=0
var r=eF(e)
var o=v==='poll'
y={close:function(){t.abort()}}
t.open('GET',K(o?'&transport=poll&timeout='+(u.readyState===1?i:1)
:'&padding=2048&max='+s))
t.withCredentials=u.withCredentials
t.setRequestHeader('Accept','text/event-stream')
eh(function(e,n){t.setRequestHeader(e,n)})
t.onprogress=t.onreadystatechange=function(){if(e!==p||t.readyState<3)return
var i=t.readyState===4
if(!t.status)return i&&D()
if(!ej(t.status,t.getResponseHeader('Content-Type'))){return i&&ey(t.status,t.responseText,function(e){return t.getResponseHeader(e)})}
if(T)M()
var a=t.responseText
var l=a.slice(n)
n=a.length
if(l)r(l)
if(i&&e===p)em(o||n>=s)}
t.send()}
function ej(e,t){return e===200&&/^text\/event-stream/i.test(t||'')}
function J(){u.readyState=0
if(w)g=''
Q('error',{})}
function em(e){var t=b
if(t&&e)return m()
S()
J()
if(u.readyState===2)return
f('connecting')
eP(t?0:1,eW||1000)}
function eP(e,t){var n=Math.min(eY,1000*Math.pow(2,en))
en+=e
et=setTimeout(m,Math.max(t||0,e&&n/2)+Math.random()*(e?n/2:500))}
function D(e,t){S()
f(e&&e.status?'refused':'offline',e)
J()
if(u.readyState!==2)eP(1,t)}
function ey(e,t,n){var r=eg(e,t,n)
if(e===401&&typeof h.token==='function'&&!eb){eb=true
N=undefined
return m()}
if(e===204||el(e)&&!(e===404&&eI))return eL('refused',r)
D(r,r.after)}
function el(e){return e>=400&&e<500&&[408,425,429].indexOf(e)<0}
function eg(e,t,n){var r={}
try{r=JSON.parse(t)}catch(o){}
return{status:e,reason:r.detail||r.title||'status '+e,requestId:r.requestId||n('X-Request-Id'),after:n('Retry-After')*1000,final:false}}
function eL(e,t){S()
G()
t.final=true
u.readyState=2
f(e,t)
Q('error',{})}
function tn(){if(L&&g)n(L,g)
if(w)w({state:x})
if(!y)return
var e=v==='poll'?eM+i*1000:!b?eM:T?Infinity:es*2500
if(t()-A<=e)return
if(v==='shared'){if(F++)X(true)
return m()}
if(!b&&!ed||++F>1){ef=v!=='poll'
F=0}
S()
f('offline')
J()
m()}
function te(){if(et)m()
else tn()}
function eO(){en=0
if(u.readyState!==2&&x.state!=='idle')m()}
function td(){if(L&&g)n(L,g)
S()
G()}
function tg(e){if(e.persisted)eO()}
function ta(){if(u.readyState!==2)f('offline')}
function eU(e){self[e]('online',eO)
self[e]('offline',ta)
self[e]('pagehide',td)
self[e]('pageshow',tg)
if(self.document){document[e]('visibilitychange',te)
document[e]('resume',te)}}
function eS(e,t){if(N!==undefined||!h.token)return e()
function n(t){N=t||''
e()}
try{var r=typeof h.token==='function'?h.token():h.token
if(r&&r.then)r.then(n,t)
else n(r)}catch(o){t(o)}}
function ev(t,n,r,o,i){eS(function(){var e=new XMLHttpRequest()
e.open(t,n)
e.timeout=c
e.withCredentials=u.withCredentials
for(var s in r)e.setRequestHeader(s,r[s])
eh(function(t,n){e.setRequestHeader(t,n)})
e.onreadystatechange=function(){if(e.readyState===4){i(e.status,e.responseText,function(t){return e.getResponseHeader(t)})}}
e.send(o)},function(t){i(0,String(t),e)})}
function eG(e,t){ev('PATCH',er.replace(/updates\/?$/,'connections/')+C.connection,{'Rivulet-Secret':C.secret},e,t)}
function tm(){if(typeof h.token!=='function'||!C)return
N=undefined
eG(null,e)}
function eu(){var e=tt()
var t=e.filter(function(e){return!k[e]})
var n=Object.keys(k).filter(function(t){return e.indexOf(t)<0})
if(/idle|ended/.test(x.state)){if(t.length){u.readyState=0
m()}
return}
if(/poll|shared/.test(v)&&u.readyState===1&&(t.length||n.length))return m()
if(!b||ee)return
V=V.filter(function(e){if(k[e.topic])e.done()
return!k[e.topic]})
if(!t.length&&!n.length)return
if(!C||!ec&&!e.length)return m()
if(eq)t=t.slice(0,1)
var r=p
ee=true
eG(JSON.stringify({add:t,remove:n}),function(e,o,i){if(r!==p)return
ee=false
if(e===200){t.forEach(function(e){k[e]=1})
n.forEach(function(e){delete k[e]})}else if(el(e)&&e!==401&&e!==404&&t.length){eq=t.length>1
if(!eq)ts(t[0],eC(eg(e,o,i)))}else{return m()}
eu()})}
function ts(e,t){delete E[e]
V=V.filter(function(n){if(n.topic===e)n.fail(t)
return n.topic!==e})}
function eC(e){var t=new Error(e.reason)
t.status=e.status
t.requestId=e.requestId
return t}
function eQ(){setTimeout(eu)}
function tf(e){return!/^urlpattern:|[{}]/.test(e)}
function eo(){G()
O=''}
function G(){if(!R)return
eV()
R.close()
R=null
if(ep)ep()}
function ti(){y={close:e}
if(R)return eR()
var t=R=new BroadcastChannel(O)
t.onmessage=function(e){tc(e.data)}
B=o()
navigator.locks.request(O+B,function(){return new Promise(function(e){if(R!==t)return e()
ep=e
X()
eR()})}).then(null,function(){eo()
m()})}
function eR(){R.postMessage({tab:B,turn:p,topics:Z()})}
function tc(e){var n=e.state
if(!e.run)return
A=t()
F=0
if(e.lead)m()
else if(e.no===B+p||n&&n.final&&n.state==='refused'){eo()
m()}else if(n){if(/live|catch|idle|end/.test(n.state))return
if(b){b=false
J()}
f(n.state,n)}else if(e.to){if(e.to!==B+p)return
ek=e.run
if(g||/[?&]since=/.test(q)){I=[]
eH(p)}else U('rivulet.hello',JSON.stringify({resumed:'live',as:e.as}),e.id)}else if(I)I.push(e)
else eZ(e)}
function eZ(e){if(e.run!==ek||P&&P[e.id])return
if(e.type&&(!e.topics||e.topics.some(tb))){if(e.topics)P=null
U(e.type,e.data,e.id)}else if(e.id&&!P)g=e.id}
function tb(e){return Z().some(function(t){return t===e||/\*$/.test(t)&&e.indexOf(t.slice(0,-1))===0})}
function eH(t){var n
var o=a(function(e,o,i){if(t!==p)return
n=e==='rivulet.cursor'
if(r.indexOf(e)<0)(P=P||{})[i]=1
U(e,o,i)},e)
ev('GET',K('&transport=poll&timeout=0'),{},null,function(e,r,i){if(t!==p)return
if(!ej(e,i('Content-Type')))return ey(e,r,i)
o(r)
if(t!==p)return
if(!n)return eH(t)
var s=I
I=null
s.forEach(eZ)})}
function X(e){eV()
var t=H={stop:new AbortController()}
navigator.locks.request(O,e?{steal:true}:{signal:t.stop.signal},function(){return new Promise(function(e){t.done=e
if(H===t)tu(t)
else e()})}).then(null,function(){if(H===t)X()})}
function eV(){var e=H
if(!e)return
H=null
e.stop.abort()
if(e.stream){e.stream.close()
e.line.close()}
if(e.done)e.done()}
function tu(e){var t=o()
var n={}
var r
var i
var s=e.line=new BroadcastChannel(O)
function a(e){e.run=t
s.postMessage(e)}
var l=e.stream=new Rivulet(q.replace(/([?&])since=[^&]*/,'$1'),Object.assign({},h,{topics:[],share:0,persist:0,lastEventId:'',onstate:0,onresume:0}),function(e,n){var s=e.type
r=e.id||r
if(s==='rivulet.hello'){i=n.as
if(n.resumed!=='exact'){t=o()
return a({lead:1})}}
if(n)e=/gap|end$/.test(s)?{type:s,data:e.data}:{id:e.id}
else if(s){var l=JSON.parse(e.data)
e.data=l.data
e.topics=l.topics}
a(e)})
s.onmessage=function(e){var t=e.data
var o=t.tab
var s=n[o]||[]
if(t.lead)return X()
if(!o)return
if(!n[o]){navigator.locks.request(O+o,function(){n[o].forEach(l.unsubscribe)
delete n[o]})}
n[o]=t.topics
Promise.all(t.topics.map(l.subscribe)).then(function(){a({to:o+t.turn,id:r,as:i})},function(){a({no:o+t.turn})})
s.forEach(l.unsubscribe)}
a({lead:1})}
function Y(){var e=z[0]
clearTimeout(ew)
if(!e||ex)return
ex=true
ev('POST',er,{'Content-Type':'application/x-www-form-urlencoded',Accept:'application/json','Idempotency-Key':e.key},e.body,function(t,n,r){ex=false
if(z[0]!==e)return Y()
var o=t===401&&typeof h.token==='function'&&!e.renewed
if(o){e.renewed=true
N=undefined}else if(t===200){z.shift()
eX=0
e.done(/^{/.test(n)?JSON.parse(n).id:n.trim())}else if(el(t)){z.shift()
e.fail(eC(eg(t,n,r)))}else{var i=Math.min(eY,1000*Math.pow(2,eX++))*(0.5+Math.random()/2)
ew=setTimeout(Y,Math.max(i,r('Retry-After')*1000||0))
return}
Y()})}
u.publish=function(e,t,n){return l(function(r,i){if(u.readyState===2)return i(new Error('it is closed'))
if(z.length>=(h.queue||100))return i(new Error('too many publishes wait: '+z.length))
var s={topic:e,data:typeof t==='string'?t:JSON.stringify(t)}
var a=n||{}
var l=a.key||o()
for(var c in a)if(c!=='key')s[c]=a[c]
z.push({key:l,done:r,fail:i,body:Object.keys(s).map(function(e){return[].concat(s[e]).map(function(t){return e+'='+encodeURIComponent(t)}).join('&')}).join('&')})
if(z.length===1)Y()})}
u.subscribe=function(e){eT(e)
return l(function(t,n){if(T)return n(new Error('the topics of this stream stand in its URL'))
V.push({topic:e,done:t,fail:n})
eQ()})}
u.unsubscribe=function(e){if(E[e]&&!--E[e]){delete E[e]
eQ()}}
u.addEventListener=function(e,t,n){var o=j[e]
if(!o){o=j[e]=[]
if(y&&y.hear&&r.indexOf(e)<0)y.hear(e)}
if(!o.some(function(e){return e.listener===t})){o.push({listener:t,once:n&&n.once})}}
u.removeEventListener=function(e,t){if(j[e])j[e]=j[e].filter(function(e){return e.listener!==t})}
u.close=function(){S()
u.readyState=2
clearInterval(ty)
clearTimeout(ew)
G()
x={}
eU('removeEventListener')
z.splice(0).forEach(function(e){e.fail(new Error('it was closed'))})}
eU('addEventListener')
var ty=setInterval(tn,Math.min(5000,es*500))
setTimeout(function(){if(!p)m()})}
Rivulet.CONNECTING=Rivulet.prototype.CONNECTING=0
Rivulet.OPEN=Rivulet.prototype.OPEN=1
Rivulet.CLOSED=Rivulet.prototype.CLOSED=2
self.Rivulet=Rivulet})()
