// The session on the page: a sign-in over the work when it has ended, and the lock after half an hour without a hand on it.
(function (mj) {
  'use strict';
  const LAST = 'mingjian-active';  // shared by the tabs of a browser: a hand on one of them counts for all

  mj.signInSheet = function (page, said) {
    if (page.root.querySelector('dialog.again')) return;
    const person = page.person || {}, problem = mj.el('p', {class: 'small', role: 'alert'}, said || '会话已结束。重新登录后接着做，未存上的决定会补存。');
    const name = mj.el('input', {class: 'field', name: 'name', placeholder: '姓名', autocomplete: 'username', value: person.name || '', required: true});
    const password = mj.el('input', {class: 'field', name: 'password', type: 'password', placeholder: '密码', autocomplete: 'current-password', required: true, autofocus: true});
    const form = mj.el('form', {style: 'display:grid;gap:10px;width:300px', on: {submit: async (e) => {
      e.preventDefault();
      let reply = null, told = '';
      try { reply = await fetch('/sign-in', {method: 'POST', body: new URLSearchParams(new FormData(form))}); } catch { problem.textContent = '没有连上服务器，请重试。'; return; }
      if (reply.ok && reply.redirected) { back(name.value.normalize('NFKC').trim()); return; }
      try { told = new DOMParser().parseFromString(await reply.text(), 'text/html').querySelector('.problem').textContent; } catch { told = '没有登录成，请重试。'; }
      problem.textContent = told;
      password.value = '';
      password.focus();
    }}}, problem, ...(person.by_proxy ? [mj.el('button', {class: 'btn main', type: 'button', on: {click: () => location.reload()}}, '继续')] : [name, password, mj.el('button', {class: 'btn main'}, '登录')]));
    // what is on the page belongs to who opened it
    function back(who) { if (person.name && who !== person.name) location.assign('/'); else { touched(true); dialog.close(); page.onBack && page.onBack(); } }
    const dialog = mj.el('dialog', {class: 'again', 'aria-label': '登录', on: {cancel: (e) => e.preventDefault()}}, mj.el('h2', {}, '登录'), form);
    dialog.addEventListener('close', () => { dialog.remove(); page.root.classList.remove('locked'); });
    page.root.append(dialog);
    dialog.showModal();
  };

  let written = 0;
  function touched(now) {
    if (!now && Date.now() - written < 5000) return;
    written = Date.now();
    try { localStorage.setItem(LAST, String(written)); } catch { /* private windows: this tab alone counts */ }
  }
  const idle = () => Date.now() - Math.max(written, Number(localStorage.getItem(LAST)) || 0);

  mj.watchIdle = function (page) {
    if (page.watched || page.person.demo) return;
    page.watched = true;
    touched(true);
    for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel']) document.addEventListener(kind, () => { if (!page.root.classList.contains('locked')) touched(); }, {passive: true, capture: true});
    const clock = setInterval(() => {
      if (!page.root.isConnected) { clearInterval(clock); return; }
      if (idle() < page.person.idle * 1000 || page.root.querySelector('dialog.again')) return;
      page.root.classList.add('locked');
      page.root.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
      mj.signInSheet(page, '30 分钟没有操作，已锁屏。登录后接着做，未存上的决定会补存。');
      fetch('/sign-out', {method: 'POST', redirect: 'manual'}).catch(() => {});
    }, 10000);
  };

  mj.loaded.add('session');
})(window.mingjian ||= {loaded: new Set()});
