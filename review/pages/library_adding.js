// Adding to the library: a drop zone, one bar per file on its way up, and how far the server has come with each.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const STAGES = {完成: 'done', 失败: 'fault', 排队: 'ask', 读取: 'part', 建库: 'part'};
  const LARGEST = 200 * 1024 * 1024;

  // `about` gives the page's facts; `changed` is called whenever the library has, `open` for a file that is there.
  mj.adding = function (page, about, changed, open) {
    const sending = el('ul', {class: 'coming', 'aria-label': '正在上传'}), coming = el('ul', {class: 'coming', 'aria-label': '添加进度', 'aria-live': 'polite'});
    const problem = el('p', {class: 'notice', role: 'alert', hidden: true}), tidy = el('button', {class: 'link small', hidden: true, on: {click: clear}}, '清除已完成');
    const root = el('section', {class: 'adding'});
    let timer = 0, was = false, up = 0;
    const key = () => Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(16).padStart(8, '0')).join('');

    function draw() {
      if (about().needs_first) {
        root.replaceChildren(el('h2', {}, '添加文件'), el('p', {}, '现在是示例，只在本机打开。添加和更正依据前请先设置第一个管理员；示例和已作的决定都会保留。'),
          el('p', {}, el('a', {class: 'btn main', href: '/sign-in?first=1'}, '设置管理员')));
        return;
      }
      if (!about().changes) { root.replaceChildren(el('h2', {}, '添加文件'), el('p', {class: 'muted'}, '添加、更正、撤回和确认由组长或管理员做；您可以查看。')); return; }
      root.replaceChildren(el('h2', {}, '添加文件'), zone(), path(), problem, sending, el('div', {class: 'both'}, el('span', {}), tidy), coming);
    }
    function zone() {
      const input = el('input', {type: 'file', multiple: true, hidden: true, accept: about().kinds.join(',')});
      input.addEventListener('change', () => { send([...input.files]); input.value = ''; });
      const drop = el('button', {class: 'drop', type: 'button', on: {click: () => input.click()}}, el('b', {class: 'strong'}, '放入文件，或点这里选择'),
        el('span', {class: 'small muted'}, 'PDF、Word、网页、Excel、CSV、文本、Markdown、扫描图片；可一次多份，每份至多 200 MB'));
      drop.addEventListener('dragover', (e) => { e.preventDefault(); drop.classList.add('over'); });
      drop.addEventListener('dragleave', () => drop.classList.remove('over'));
      drop.addEventListener('drop', (e) => { e.preventDefault(); drop.classList.remove('over'); send([...e.dataTransfer.files]); });
      return el('div', {}, drop, input);
    }
    function path() {
      const field = el('input', {class: 'field', maxlength: 1000, placeholder: '/data/法规', 'aria-label': '服务器上的路径'});
      return el('form', {class: 'path', on: {submit: async (e) => {
        e.preventDefault();
        const reply = await mj.ask(page, 'add_from_server', {path: field.value});
        say(reply ? reply.problem : '没有连上服务器，请重试。');
        if (reply && !reply.problem) { field.value = ''; poll(); }
      }}}, el('label', {class: 'small muted'}, '或填写服务器上的文件或文件夹', field), el('button', {class: 'btn'}, '添加'));
    }
    function say(words) { problem.hidden = !words; problem.textContent = words || ''; }

    // One after the other: a batch goes in line with its last file, so that tables find their annexes.
    async function send(files) {
      if (!files.length) return;
      say('');
      const batch = key(), fit = [];
      for (const file of files) {
        const row = bar(file.name), suffix = (/\.[^.]+$/.exec(file.name) || [''])[0].toLowerCase();
        sending.append(row.node);
        if (!about().kinds.includes(suffix)) row.refuse(`不支持${suffix ? ' ' + suffix : '没有扩展名的'} 文件；请换成上面列出的格式。`);
        else if (file.size > LARGEST) row.refuse('文件超过 200 MB；请拆分，或填写服务器上的路径。');
        else if (!file.size) row.refuse('文件是空的，或是一个文件夹；文件夹请填写服务器上的路径。');
        else fit.push([file, row]);
      }
      up += 1;
      for (const [n, [file, row]] of fit.entries()) {
        const reply = await put(file, row, batch, n === fit.length - 1);
        if (reply && reply.ok) row.node.remove();
        else row.refuse(reply && reply.problem ? reply.problem : '没有传上去，请重试。');
        poll();
      }
      up -= 1;
    }
    function bar(name) {
      const full = el('b', {style: 'width:0'}), said = el('span', {class: 'small muted said'}, '上传中');
      const node = el('li', {}, el('span', {class: 'name cut', title: name}, name), el('div', {class: 'bar'}, full), said);
      return {node, share: (part) => { full.style.width = `${100 * part}%`; }, refuse: (words) => {
        node.classList.add('bad');
        said.replaceChildren(words, ' ', el('button', {class: 'link', on: {click: () => node.remove()}}, '知道了'));
        node.querySelector('.bar')?.remove();
      }};
    }
    function put(file, row, batch, last) {
      return new Promise((settle) => {
        const request = new XMLHttpRequest();
        request.upload.onprogress = (e) => row.share(e.total ? e.loaded / e.total : 0);
        request.onload = () => { let reply = null; try { reply = JSON.parse(request.responseText); } catch { reply = null; } settle(reply); };
        request.onerror = () => settle(null);
        request.open('PUT', `/library/upload?batch=${batch}&last=${last ? 1 : 0}&name=${encodeURIComponent(file.name)}`);
        request.send(file);
      });
    }
    addEventListener('beforeunload', (e) => { if (up && root.isConnected) e.preventDefault(); });

    async function poll() {
      clearTimeout(timer);
      const now = await mj.ask(page, 'additions');
      if (!page.root.isConnected) return;
      if (now && !now.problem) show(now);
      if (!now || now.busy || up || now.additions.some((one) => one.stage === '排队')) timer = setTimeout(poll, 1000);
    }
    function show(now) {
      coming.replaceChildren(...now.additions.slice().reverse().map(line));
      tidy.hidden = !now.additions.some((one) => ['完成', '失败'].includes(one.stage));
      if (was && !now.busy) changed();
      was = now.busy;
    }
    function line(one) {
      const kind = one.state === '拒收' ? 'fault' : STAGES[one.stage];
      return el('li', {class: kind === 'fault' ? 'bad' : ''}, one.key && one.stage === '完成' ? el('button', {class: 'name cut link', title: one.file, on: {click: () => open(one.key)}}, one.file) : el('span', {class: 'name cut', title: one.file}, one.file),
        el('span', {class: 'state ' + kind}, one.state && one.stage === '完成' ? one.state : one.stage), el('span', {class: 'small muted said'}, one.said === one.stage ? '' : one.said));
    }
    async function clear() {
      const reply = await mj.ask(page, 'clear_additions');
      if (reply && !reply.problem) show({additions: reply.additions, busy: was});
    }

    draw();
    show(about());
    if (about().busy || about().additions.some((one) => one.stage === '排队')) poll();
    return {root, draw, pick: () => { const drop = root.querySelector('.drop, a.btn'); if (drop) drop.focus(); }};
  };

  mj.loaded.add('library_adding');
})(window.mingjian ||= {loaded: new Set()});
