// What the console takes of Element Plus, each with its own style: the wall loads none of it.
import 'element-plus/es/components/base/style/css'
import 'element-plus/es/components/button/style/css'
import 'element-plus/es/components/input/style/css'
import 'element-plus/es/components/pagination/style/css'
import 'element-plus/es/components/table/style/css'
import 'element-plus/es/components/table-column/style/css'
import 'element-plus/theme-chalk/dark/css-vars.css'

export { ElButton } from 'element-plus/es/components/button/index.mjs'
export { ElConfigProvider } from 'element-plus/es/components/config-provider/index.mjs'
export { ElInput } from 'element-plus/es/components/input/index.mjs'
export { ElPagination } from 'element-plus/es/components/pagination/index.mjs'
export { ElTable, ElTableColumn } from 'element-plus/es/components/table/index.mjs'
