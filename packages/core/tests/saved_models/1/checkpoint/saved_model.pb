tensegra-core 2.0.0:0
module
w	
table
step2
Checkpoint:+
variable
Variable *w2Variable:7
resource2MutableHashTableB
tabletable/0table/1:*
variable
Variable *step2VariableBq
*weights-3b9dc45a15756438-00001.safetensorsÈ"@3b9dc45a15756438662a2f85e1850c13f50ec448af159eacf822f09dc26eb7eeJ
w(€0J
table/0(À0J
table/1(€0J
step(À0