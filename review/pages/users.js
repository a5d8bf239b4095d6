// 人员: accounts with their roles and state; a new one on the right. A password given out is shown once.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const KEYS = [['人员', [['N', '新建账户'], ['/', '找姓名']]], ['页面', [['D', '深色或浅色'], ['?', '本表'], ['Esc', '关闭']]]];

  mj.page_users = async function (page) {
    const first = await mj.ask(page, 'open_users');
    if (!first || first.problem) { mj.refuse(page, first); return; }
    const S = {about: first, words: ''};
    const search = el('input', {class: 'field', placeholder: '找姓名', 'aria-label': '找姓名', maxlength: 32, on: {input: (e) => { S.words = e.target.value.trim(); draw(); }}});
    const told = el('span', {class: 'small muted'}), problem = el('p', {class: 'notice', role: 'alert', hidden: true});
    const table = el('div', {class: 'scroll panel people'}), addresses = el('section', {class: 'panel addresses', hidden: true});
    const given = el('section', {class: 'panel given', 'aria-live': 'polite', hidden: true}), adding = form();
    const body = el('main', {class: 'users'}, el('section', {class: 'people-side'}, el('header', {class: 'title'}, el('h1', {}, '人员'), told, el('span', {class: 'push find'}, search)), problem, table, addresses),
      el('aside', {class: 'scroll beside-people'}, given, adding.root));
    page.showKeys = () => mj.keysDialog(page, KEYS);

    async function act(name, call, done) {
      const reply = await mj.ask(page, name, call);
      problem.hidden = Boolean(reply && !reply.problem);
      problem.textContent = reply ? reply.problem || '' : '没有连上服务器，请重试。';
      if (!reply || reply.problem) return;
      const now = await mj.ask(page, 'open_users');
      if (now && !now.problem) { S.about = now; draw(); }
      if (done) done(reply);
    }
    function show(name, password, words) {
      const copied = el('button', {class: 'btn', on: {click: async () => { try { await navigator.clipboard.writeText(password); copied.textContent = '已复制'; } catch { getSelection().selectAllChildren(shown); } }}}, '复制');
      const shown = el('code', {class: 'password'}, password);
      given.hidden = false;
      given.replaceChildren(el('h2', {}, `${name} 的${words}`), el('p', {class: 'both'}, shown, copied),
        el('p', {class: 'small muted'}, '只显示这一次，请当面或电话交给本人；首次登录时须换成自己的密码。'), el('button', {class: 'link', on: {click: () => { given.hidden = true; given.replaceChildren(); }}}, '已交给本人'));
      given.scrollIntoView({block: 'nearest'});
    }
    function roleBoxes(chosen) {
      return S.about.roles.map((role) => el('label', {class: 'role'}, el('input', {type: 'checkbox', name: 'role', value: role.name, checked: chosen.includes(role.name)}), el('span', {}, el('b', {class: 'strong'}, role.name), el('span', {class: 'small muted'}, role.means))));
    }
    function ticked(root) { return [...root.querySelectorAll('input[name=role]:checked')].map((box) => box.value); }

    function form() {
      const name = el('input', {class: 'field', name: 'name', maxlength: 32, required: true, autocomplete: 'off', placeholder: '姓名'});
      const root = el('form', {class: 'panel adding-person', 'aria-label': '新建账户', on: {submit: (e) => {
        e.preventDefault();
        act('add_account', {name: name.value, roles: ticked(root)}, (reply) => { show(name.value.trim(), reply.password, '初始密码'); root.reset(); });
      }}}, el('h2', {}, '新建账户'), el('label', {class: 'small muted'}, '姓名', name), el('fieldset', {}, el('legend', {class: 'small muted'}, '角色，可多选'), roleBoxes([])), el('button', {class: 'btn main'}, '新建并生成密码'));
      return {root, focus: () => name.focus()};
    }
    function ask(title, said, yes, run, extra) {
      const dialog = el('dialog', {class: 'ask', 'aria-label': title}, el('h2', {}, title), el('form', {on: {submit: (e) => { e.preventDefault(); dialog.close(); run(dialog); }}}, said ? el('p', {}, said) : '', extra || '',
        el('p', {class: 'answers'}, el('button', {class: 'btn main'}, yes), el('button', {class: 'btn', type: 'button', on: {click: () => dialog.close()}}, '取消'))));
      dialog.addEventListener('close', () => dialog.remove());
      page.root.append(dialog);
      dialog.showModal();
    }
    const roles = (one) => ask(`${one.name} 的角色`, '', '保存', (dialog) => act('change_roles', {name: one.name, roles: ticked(dialog)}), el('div', {}, roleBoxes(one.roles)));
    const reset = (one) => ask(`重置 ${one.name} 的密码`, '原密码作废，他在各处的登录会结束。', '重置', () => act('reset_password', {name: one.name}, (reply) => show(one.name, reply.password, '新密码')));
    const stop = (one) => ask(`停用 ${one.name}`, '他不能再登录，正在用的会话立即结束；他作过的决定和留痕都保留，可以恢复。', '停用', () => act('set_active', {name: one.name, active: false}));

    function row(one) {
      const state = !one.active ? el('span', {class: 'state'}, '已停用') : one.locked_until ? el('span', {class: 'state ask'}, `锁定至 ${mj.clock(one.locked_until)}`)
        : one.must_change ? el('span', {class: 'state part'}, '未改初始密码') : el('span', {class: 'state done'}, '在用');
      const button = (words, run) => el('button', {class: 'link', 'aria-label': `${words} ${one.name}`, on: {click: () => run(one)}}, words);
      return el('tr', {class: one.active ? '' : 'stopped'}, el('td', {class: 'who-cell'}, el('span', {class: 'cut', title: one.name}, one.name)), el('td', {}, el('span', {class: 'chips'}, one.roles.map((role) => el('span', {class: 'pill'}, role)))), el('td', {}, state),
        el('td', {class: 'small muted'}, one.seen_at ? mj.clock(one.seen_at) : '从未登录'),
        el('td', {class: 'acts'}, one.locked_until ? button('解除锁定', () => act('unlock', {kind: 'name', value: one.name})) : '', button('角色', roles),
          one.name === S.about.person.name ? '' : button('重置密码', reset), one.active ? button('停用', stop) : button('恢复', () => act('set_active', {name: one.name, active: true}))));
    }
    function draw() {
      const all = S.about.accounts, shown = all.filter((one) => one.name.includes(S.words));
      told.textContent = `${all.length} 个账户，在用 ${all.filter((one) => one.active).length} 个`;
      table.replaceChildren(shown.length ? el('table', {class: 'list'}, el('thead', {}, el('tr', {}, ['姓名', '角色', '状态', '最近登录', ''].map((name) => el('th', {}, name)))), el('tbody', {}, shown.map(row)))
        : el('div', {class: 'empty'}, el('p', {}, '没有这个姓名。'), el('button', {class: 'btn', on: {click: () => { S.words = search.value = ''; draw(); }}}, '清除')));
      addresses.hidden = !S.about.addresses.length;
      addresses.replaceChildren(el('h2', {}, '锁定的地址'), el('ul', {}, S.about.addresses.map((one) => el('li', {}, el('code', {}, one.address), el('span', {class: 'small muted'}, ` 至 ${mj.clock(one.until)} `),
        el('button', {class: 'link', on: {click: () => act('unlock', {kind: 'address', value: one.address})}}, '解除锁定')))));
    }
    Object.assign(page.keys, {KeyN: () => adding.focus(), Slash: () => search.focus(), KeyD: () => mj.toggleTheme(page), 'Shift+Slash': page.showKeys});
    page.onBack = () => act('open_users', {});
    mj.frame(page, {person: first.person}, body);
    draw();
  };

  mj.loaded.add('users');
})(window.mingjian ||= {loaded: new Set()});
