tensegra-core 2.0.0:
module	
parts2Module:!
list
0
1
22list:1
variable
Variable *parts/02Variable:1
variable
Variable *parts/12Variable:1
variable
Variable *parts/22VariableBq
*weights-277a9f551934a136-00001.safetensorsÐ"@277a9f551934a136e802104f4322a3649a6a2e89d327f38f2f3c40df512fbc68Bq
*weights-dcb5d3127ffa4b55-00002.safetensorsÐ"@dcb5d3127ffa4b5500748f215956b8057d75cbb385cb3c0cee907f743d17b626Bq
*weights-5dedfe50fb644c05-00003.safetensorsÐ"@5dedfe50fb644c054d41e426ba876fefc658bf6441b945cef259905617b78127J
parts/0(€0PJ
parts/1 (€0PJ
parts/2 (€0PZ
license
Apache-2.0Z
Ã¼Ã¤