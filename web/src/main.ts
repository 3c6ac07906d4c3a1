import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { startClock } from './lib/now.svelte'
import { applyTheme, prefs } from './lib/prefs.svelte'
import { startRouter } from './lib/router.svelte'
import { session } from './lib/session.svelte'
import { live } from './live/live.svelte'

applyTheme(prefs.theme)
startRouter()
startClock()
void session.load()
live.start()
mount(App, { target: document.getElementById('app') as HTMLElement })
