// 附言 with its files: they go up one after another as they are chosen, each kept before the next is asked for.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const LONGEST = 500, LARGEST = 20 * 1024 * 1024;
  const size = (bytes) => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  // a finding's files as its card lists them
  mj.filesOf = (one, cas) => (one.files || []).map((file) => el('div', {}, el('a', {class: 'link', download: file.name, href: address(cas.key, file.key)}, file.name),
    el('span', {class: 'small muted'}, ` ${size(file.size)} · ${file.who}`)));
  const address = (...parts) => '/attachment/' + parts.map(encodeURIComponent).join('/');

  // asking: the lists over the buttons; changed: a finding's files are others now
  mj.noteDialog = function (page, asking, cas, one, value, done, changed) {
    const problem = el('p', {class: 'small problem', role: 'alert'}), list = el('div', {class: 'attached'});
    const input = el('textarea', {class: 'field', maxlength: LONGEST, rows: 2, 'aria-label': '附言'}, value);
    const chooser = el('input', {type: 'file', multiple: true, hidden: true, on: {change: send}});
    const finish = () => { asking.close(); done(input.value.trim()); };
    input.addEventListener('keydown', (e) => {
      if (e.isComposing) return;
      if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); finish(); }
      if (e.key === 'Escape') asking.close();
    });
    const choose = el('button', {class: 'link small', on: {click: () => chooser.click()}}, '附文件');
    asking.show('附言', el('div', {}, el('div', {class: 'writing'}, input, el('button', {class: 'btn', on: {click: finish}}, mj.kbd('Enter'), '记下')),
      list, el('div', {class: 'attach-row'}, choose, el('span', {class: 'small muted'}, '每个至多 20 MB，即时存入'), chooser), problem), () => false);
    draw();

    function draw() {
      list.replaceChildren(...(one.files || []).filter((file) => file.mine).map((file) => el('div', {class: 'attach-row'}, el('span', {class: 'cut', title: file.name}, file.name),
        el('span', {class: 'small muted'}, size(file.size)), el('button', {class: 'link small push', 'aria-label': `移去 ${file.name}`, on: {click: () => remove(file)}}, '移去'))));
    }
    function took(reply) {
      problem.textContent = !reply ? '没有连上服务器，请重试。' : reply.problem || '';
      if (reply && reply.files) { one.files = reply.files; draw(); changed(); }
    }
    async function remove(file) { took(await mj.ask(page, 'take_file_back', {case: cas.key, key: file.key})); }
    async function send() {
      const files = [...chooser.files];
      chooser.value = '';
      choose.disabled = true;
      for (const file of files) {
        if (file.size > LARGEST) { problem.textContent = `${file.name} 超过 20 MB；请压缩或拆开。`; break; }
        choose.textContent = `正在存 ${file.name}`;
        const reply = await put(file);
        took(reply);
        if (!reply || reply.problem) break;
      }
      choose.disabled = false;
      choose.textContent = '附文件';
    }
    async function put(file) {
      try {
        const answer = await fetch(address(cas.key, one.id) + '?name=' + encodeURIComponent(file.name), {method: 'PUT', body: file});
        return await answer.json();
      } catch { return null; }
    }
  };

  mj.loaded.add('attaching');
})(window.mingjian ||= {loaded: new Set()});
